/** Checks that what a client sent has the form that protocol.ts asks for, before anything is done with it. */
import path from "node:path";
import { ErrorCodes, Range, ResponseError } from "vscode-languageserver";
import type {
  AddBudgetParams,
  AnswerNowParams,
  ApplyParams,
  ChatParams,
  CommitMessageParams,
  CountTokensParams,
  DeleteModelParams,
  DownloadParams,
  EditParams,
  ExplainParams,
  ForgetParams,
  ImportParams,
  InstallBackendParams,
  Kept,
  LoadParams,
  Message,
  ModelsParams,
  PrepareParams,
  ResumeParams,
  StartEndpointParams,
  WriteTestsParams,
} from "./protocol.ts";

type Unknown<T> = { [K in keyof T]?: unknown };

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ResponseError(ErrorCodes.InvalidParams, `Invalid params: ${what}.`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isToken = (value: unknown) => typeof value === "string" || typeof value === "number";
const isToolCall = (value: unknown) => isObject(value) && typeof value.name === "string" && isObject(value.arguments);
const isCount = (value: unknown) => typeof value === "number" && Number.isInteger(value) && value >= 0;
const isText = (value: unknown): value is string => typeof value === "string";
/** Only what is made use of: clients add much to their diagnostics. */
const isDiagnostic = (value: unknown) =>
  isObject(value) &&
  Range.is(value.range) &&
  (isText(value.message) || (isObject(value.message) && isText(value.message.value)));
const isDiagnostics = (value: unknown) => Array.isArray(value) && value.every(isDiagnostic);
const GPUS = ["auto", "off", "cuda", "vulkan", "metal"] satisfies LoadParams["gpu"][];
const ROLES = ["system", "user", "assistant", "tool"] satisfies Message["role"][];

export function checkChat(params: Unknown<ChatParams>): void {
  checkConversation(params);
  const { maxTokens, toolChoice, responseSchema } = params;
  check(maxTokens === undefined || isCount(maxTokens), "maxTokens must be a whole number");
  check(
    toolChoice === undefined || toolChoice === "required" || (isObject(toolChoice) && isText(toolChoice.name)),
    'toolChoice must be "required" or name a tool',
  );
  check(responseSchema === undefined || isObject(responseSchema), "responseSchema must be an object");
  checkSampling(params.sampling);
}

/** Characters of an id of the client's making. */
const MOST_ID_CHARS = 256;
const isId = (value: unknown) => isText(value) && value !== "" && value.length <= MOST_ID_CHARS;

function checkKept({ conversation, replyId }: Unknown<Kept>): void {
  check(conversation === undefined || isId(conversation), "conversation must be a short text that is not empty");
  check(replyId === undefined || isText(replyId), "replyId must be a text");
}

export function checkResume(params: Unknown<ResumeParams>): void {
  check(isObject(params) && isText(params.replyId), "replyId must be a text");
}

export function checkForget(params: Unknown<ForgetParams>): void {
  check(isObject(params) && isId(params.conversation), "conversation must be a short text that is not empty");
}

function checkSampling(sampling: unknown): void {
  if (sampling === undefined) return;
  check(isObject(sampling), "sampling must be an object");
  const { stop, ...numbers } = sampling;
  for (const [name, value] of Object.entries(numbers))
    check(
      value === undefined || (typeof value === "number" && Number.isFinite(value) && value >= 0),
      `${name} must be a number`,
    );
  check(
    stop === undefined || (Array.isArray(stop) && stop.every((text) => typeof text === "string" && text !== "")),
    "stop must be a list of texts",
  );
}

export function checkConversation(params: Unknown<PrepareParams>): void {
  check(isObject(params), "an object is expected");
  const { messages, context, tools, thinking } = params;
  check(Array.isArray(messages) && messages.length > 0, "messages must be a list with at least one message");
  checkMessages(messages);
  check(context === undefined || Array.isArray(context), "context must be a list of items");
  for (const item of context ?? []) checkContextItem(item);
  check(
    tools === undefined ||
      (Array.isArray(tools) && tools.every((tool) => isObject(tool) && typeof tool.name === "string")),
    "tools must be a list of tools with names",
  );
  checkThinking(thinking);
  checkKept(params);
}

function checkMessages(messages: Unknown<Message>[]): void {
  for (const message of messages) {
    check(
      isObject(message) && ROLES.some((role) => role === message.role),
      `a message's role must be one of ${ROLES.join(", ")}`,
    );
    check(typeof message.content === "string", "a message's content must be a text");
    const { toolCalls, thought } = message as { toolCalls?: unknown; thought?: unknown };
    check(thought === undefined || isText(thought), "a message's thought must be a text");
    check(
      toolCalls === undefined || (Array.isArray(toolCalls) && toolCalls.every(isToolCall)),
      "toolCalls must be a list of calls with name and arguments",
    );
  }
}

export function checkCountTokens(params: Unknown<CountTokensParams>): void {
  check(isObject(params), "an object is expected");
  const { texts = [], messages = [] } = params;
  check(Array.isArray(texts) && texts.every(isText), "texts must be a list of texts");
  check(Array.isArray(messages), "messages must be a list of messages");
  checkMessages(messages);
}

function checkContextItem(item: unknown): void {
  check(isObject(item), "a context item must be an object");
  const { type, uri, text, title } = item;
  check(isText(type === "text" ? text : uri), "a context item must have a uri, or a text");
  check(text === undefined || isText(text), "text of a context item must be a text");
  check(type !== "text" || isText(title), "a context item with a text must have a title");
  check(type !== "range" || Range.is(item.range), "a context item of a range must have one");
  check(
    type !== "diagnostics" || isDiagnostics(item.diagnostics),
    "diagnostics of a context item must be a list of them",
  );
}

export function checkExplain(params: Unknown<ExplainParams>): void {
  checkSelection(params);
  checkSampling(params.sampling);
  checkKept(params);
  const { followUp } = params;
  check(followUp === undefined || typeof followUp === "boolean", "followUp must be true or false");
}

function checkSelection(params: Unknown<EditParams> | Unknown<ExplainParams>): void {
  check(isObject(params) && isObject(params.textDocument), "textDocument is missing");
  check(typeof params.textDocument.uri === "string", "textDocument.uri must be a text");
  check(Range.is(params.range), "range must be a range");
  const { diagnostics } = params;
  check(diagnostics === undefined || isDiagnostics(diagnostics), "diagnostics must be a list of diagnostics");
  checkThinking(params.thinking);
}

export function checkPrepareEdit(params: Unknown<EditParams>): void {
  checkSelection(params);
  checkVersion(params);
  const { instruction } = params;
  check(
    typeof instruction === "string" || (isObject(instruction) && typeof instruction.id === "string"),
    "instruction is missing",
  );
}

export function checkEdit(params: Unknown<EditParams>): void {
  checkPrepareEdit(params);
  checkSampling(params.sampling);
}

export function checkApply(params: Unknown<ApplyParams>): void {
  checkVersion(params);
  check(isText(params.code), "code must be a text");
}

function checkVersion(params: Unknown<EditParams> | Unknown<ApplyParams>): void {
  check(isObject(params) && isObject(params.textDocument), "textDocument is missing");
  const { uri, version } = params.textDocument;
  check(isText(uri), "textDocument.uri must be a text");
  check(isCount(version), "textDocument.version must be a number");
}

export function checkWriteTests(params: Unknown<WriteTestsParams>): void {
  checkSelection(params);
  checkSampling(params.sampling);
}

export function checkCommitMessage(params: Unknown<CommitMessageParams>): void {
  check(isObject(params) && isText(params.diff), "diff must be a text");
  const { recent, thinking, sampling } = params;
  check(Array.isArray(recent) && recent.every(isText), "recent must be a list of texts");
  checkThinking(thinking);
  checkSampling(sampling);
}

export function checkToken(params: Unknown<AnswerNowParams & AddBudgetParams>): void {
  check(isObject(params) && isToken(params.token), "token must be the reply's partialResultToken");
}

export function checkTokens(params: Unknown<AddBudgetParams>): void {
  checkToken(params);
  check(isCount(params.tokens), "tokens must be a whole number");
}

export function checkStartEndpoint({ port, apiKey }: Unknown<StartEndpointParams>): void {
  check(isCount(port) && Number(port) <= 65_535, "port must be a whole number up to 65535");
  check(apiKey === undefined || (isText(apiKey) && apiKey !== ""), "apiKey must be a text that is not empty");
}

export function checkLoad(params: Unknown<LoadParams>): void {
  check(isObject(params), "an object is expected");
  const { remote } = params;
  check(remote !== undefined || isText(params.model), "model must be the path of a file");
  if (remote !== undefined) checkRemote(remote);
  for (const name of ["contextTokens", "gpuLayers", "threads", "idleStateBytes"] as const)
    check(params[name] === undefined || isCount(params[name]), `${name} must be a whole number`);
  const { retryBackends } = params;
  check(retryBackends === undefined || typeof retryBackends === "boolean", "retryBackends must be true or false");
}

const BACKENDS = ["cuda", "vulkan"] satisfies InstallBackendParams["backend"][];

export function checkBackend(params: Unknown<InstallBackendParams>): void {
  check(isObject(params), "an object is expected");
  const { backend, workDoneToken, registry, proxy, noProxy } = params;
  check(
    BACKENDS.some((known) => known === backend),
    `backend must be one of ${BACKENDS.join(", ")}`,
  );
  check(workDoneToken === undefined || isToken(workDoneToken), "workDoneToken must be a text or a number");
  for (const [name, value] of Object.entries({ registry, proxy, noProxy }))
    check(value === undefined || isText(value), `${name} must be a text`);
}

function checkRemote(remote: unknown): void {
  check(isObject(remote) && isText(remote.baseUrl), "remote.baseUrl must be a text");
  for (const name of ["model", "apiKey"])
    check(remote[name] === undefined || isText(remote[name]), `remote.${name} must be a text`);
}

export function checkDownload(params: Unknown<DownloadParams>): void {
  checkModelId(params);
  const { workDoneToken, acceptLicense, accessToken, mirror, proxy, noProxy } = params;
  check(workDoneToken === undefined || isToken(workDoneToken), "workDoneToken must be a text or a number");
  check(acceptLicense === undefined || typeof acceptLicense === "boolean", "acceptLicense must be true or false");
  for (const [name, value] of Object.entries({ accessToken, mirror, proxy, noProxy }))
    check(value === undefined || isText(value), `${name} must be a text`);
}

export function checkImport(params: Unknown<ImportParams>): void {
  check(isObject(params) && isText(params.path) && path.isAbsolute(params.path), "path must be an absolute path");
  const { copy, workDoneToken } = params;
  check(typeof copy === "boolean", "copy must be true or false");
  check(workDoneToken === undefined || isToken(workDoneToken), "workDoneToken must be a text or a number");
}

export function checkModelId(params: Unknown<DeleteModelParams>): void {
  check(isObject(params) && isText(params.id), "id must be a text");
}

export function checkModels(params: Unknown<ModelsParams>): void {
  check(isObject(params), "an object is expected");
  const { contextTokens, gpu, refresh } = params;
  check(contextTokens === undefined || isCount(contextTokens), "contextTokens must be a whole number");
  check(gpu === undefined || GPUS.some((kind) => kind === gpu), `gpu must be one of ${GPUS.join(", ")}`);
  check(refresh === undefined || typeof refresh === "boolean", "refresh must be true or false");
}

function checkThinking(thinking: unknown): void {
  if (thinking === undefined) return;
  check(
    isObject(thinking) && (thinking.mode === "off" || thinking.mode === "on"),
    'thinking.mode must be "off" or "on"',
  );
  const { budget } = thinking;
  check(
    budget === undefined || budget === "unlimited" || isCount(budget),
    'thinking.budget must be a number or "unlimited"',
  );
}
