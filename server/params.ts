/** Checks that what a client sent has the form that protocol.ts asks for, before anything is done with it. */
import { ErrorCodes, Range, ResponseError } from "vscode-languageserver";
import type {
  AddBudgetParams,
  AnswerNowParams,
  ApplyParams,
  ChatParams,
  CommitMessageParams,
  EditParams,
  ExplainParams,
  LoadParams,
  Message,
  PrepareParams,
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
const isText = (value: unknown) => typeof value === "string";
/** Only what is made use of: clients add much to their diagnostics. */
const isDiagnostic = (value: unknown) =>
  isObject(value) &&
  Range.is(value.range) &&
  (isText(value.message) || (isObject(value.message) && isText(value.message.value)));
const isDiagnostics = (value: unknown) => Array.isArray(value) && value.every(isDiagnostic);
const ROLES = ["system", "user", "assistant", "tool"] satisfies Message["role"][];

export function checkChat(params: Unknown<ChatParams>): void {
  checkConversation(params);
  const { maxTokens, responseSchema } = params;
  check(maxTokens === undefined || isCount(maxTokens), "maxTokens must be a whole number");
  check(responseSchema === undefined || isObject(responseSchema), "responseSchema must be an object");
  checkSampling(params.sampling);
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
  for (const message of messages as Unknown<Message>[]) {
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
  check(context === undefined || Array.isArray(context), "context must be a list of items");
  for (const item of context ?? []) checkContextItem(item);
  check(
    tools === undefined ||
      (Array.isArray(tools) && tools.every((tool) => isObject(tool) && typeof tool.name === "string")),
    "tools must be a list of tools with names",
  );
  checkThinking(thinking);
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

export function checkLoad(params: Unknown<LoadParams>): void {
  check(isObject(params) && typeof params.model === "string", "model must be the path of a file");
  for (const name of ["contextTokens", "gpuLayers", "threads", "idleStateBytes"] as const)
    check(params[name] === undefined || isCount(params[name]), `${name} must be a whole number`);
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
