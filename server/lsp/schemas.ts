/** Schemas for what a client may send: the parameters of the protocol's methods, and of two requests of LSP itself. */
import path from "node:path";
import type { CodeActionParams, Diagnostic, ExecuteCommandParams, Range } from "vscode-languageserver";
import * as z from "zod";
import { INSTALLABLE } from "../backends/backends.ts";
import { INSTRUCTIONS } from "../features/text/prompts.ts";
import {
  type AddBudgetParams,
  type AgentParams,
  type AgentSayParams,
  type AgentStopParams,
  type AnswerNowParams,
  type ApplyParams,
  type ChatParams,
  type CommitMessageParams,
  type ContextItem,
  type CountTokensParams,
  type DeleteModelParams,
  type DownloadParams,
  type EditParams,
  type ExplainParams,
  type ForgetParams,
  type ImportParams,
  type InitializationOptions,
  type InstallBackendParams,
  type InstructionId,
  type LoadParams,
  type ModelsParams,
  type PrepareEditParams,
  type PrepareParams,
  type RangeArguments,
  type RemoteEndpoint,
  type RemoveBackendParams,
  type ResumeParams,
  type StartEndpointParams,
  type WorkspaceAbility,
  WorkspaceMethod,
  type WriteTestsParams,
} from "../protocol.ts";
import { object } from "../shared/check.ts";
import * as shared from "../shared/schemas.ts";
import { count, flag, messages, sampling, text, thinking, tools } from "../shared/schemas.ts";

// ---- Parts -------------------------------------------------------------------------------------------------------

const tokenOr = (must: string) => z.union([z.string(), z.int()], must);
const token = tokenOr("must be a text or a number");
const streamed = { partialResultToken: token.optional() };
const conversation = shared.conversation.optional();
const ids = { conversation, replyId: text.optional() };
const generation = { thinking: thinking.optional(), sampling: sampling.optional() };

/** LSP's uinteger. */
const uint = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
const position = z.looseObject({ line: uint, character: uint }, "must be a position");
const range = object<Range>({ start: position, end: position });
const versioned = z.looseObject({ uri: text, version: count });

const message = z.union(
  [z.string(), z.looseObject({ kind: z.enum(["plaintext", "markdown"]).catch("plaintext"), value: text })],
  "must be a text, or have one",
);
const related = z.looseObject({ location: z.looseObject({ uri: text, range }), message });
/** Clients pass on diagnostics of other servers, so invalid parts that are not needed are left out. */
const diagnostic = z.looseObject({
  range,
  message,
  severity: z.literal([1, 2, 3, 4]).optional().catch(undefined),
  code: z.union([z.string(), z.number()]).optional().catch(undefined),
  source: text.optional().catch(undefined),
  relatedInformation: z.array(related).optional().catch(undefined),
});
const diagnostics = z.array(diagnostic) as unknown as z.ZodType<Diagnostic[]>;

const contextItem = z.discriminatedUnion(
  "type",
  [
    z.looseObject({ type: z.literal("file"), uri: text, text: text.optional() }),
    z.looseObject({ type: z.literal("range"), uri: text, range }),
    z.looseObject({ type: z.literal("diagnostics"), uri: text, diagnostics }),
    z.looseObject({ type: z.literal("text"), title: text, text }),
  ],
  "must be one of file, range, diagnostics, text",
) satisfies z.ZodType<ContextItem>;

const prompt = {
  messages: messages.min(1, "must be a list with at least one message"),
  context: z.array(contextItem).optional(),
  tools: tools.optional(),
  thinking: thinking.optional(),
  conversation,
  summary: text.optional(),
};
const selection = {
  ...streamed,
  ...generation,
  textDocument: z.looseObject({ uri: text }),
  range,
  diagnostics: diagnostics.optional(),
};
const instructionId = z.enum(Object.keys(INSTRUCTIONS) as InstructionId[]);
const instruction = z.union(
  [text, z.looseObject({ id: instructionId })],
  "must be a text, or the id of a ready-made one",
);
const access = { proxy: text.optional(), noProxy: text.optional() };
const workDone = { workDoneToken: token.optional() };
const backend = z.enum(INSTALLABLE);

// ---- Requests ----------------------------------------------------------------------------------------------------

export const chat = object<ChatParams>({
  ...prompt,
  ...streamed,
  ...ids,
  ...generation,
  compact: flag.optional(),
  maxTokens: count.optional(),
  toolChoice: shared.toolChoice.optional(),
  responseSchema: shared.responseSchema.optional(),
});
const thoughtTokens = z.union([z.literal("unlimited"), count], 'must be a number or "unlimited"').optional();
export const agent = object<AgentParams>({
  ...streamed,
  messages: prompt.messages,
  context: prompt.context,
  tools: prompt.tools,
  conversation,
  budgets: object<NonNullable<AgentParams["budgets"]>>({ plan: thoughtTokens, step: thoughtTokens }).optional(),
  limits: object<NonNullable<AgentParams["limits"]>>({
    steps: count.optional(),
    commandMs: count.optional(),
  }).optional(),
  sampling: sampling.optional(),
  check: text.optional(),
});
export const prepare = object<PrepareParams>(prompt);
export const countTokens = object<CountTokensParams>({
  texts: z.array(text).optional(),
  messages: messages.optional(),
});
export const explain = object<ExplainParams>({ ...selection, ...ids, followUp: flag.optional() });
export const resume = object<ResumeParams>({ ...streamed, replyId: text });
export const forget = object<ForgetParams>({ conversation: shared.conversation });

const editing = { textDocument: versioned, range, instruction, diagnostics: diagnostics.optional() };
export const prepareEdit = object<PrepareEditParams>(editing);
export const edit = object<EditParams>({ ...editing, ...streamed, ...generation });
export const apply = object<ApplyParams>({ textDocument: versioned, code: text });
export const writeTests = object<WriteTestsParams>({ ...selection, ...ids });
export const commitMessage = object<CommitMessageParams>({
  ...streamed,
  ...generation,
  diff: text,
  recent: z.array(text),
  begun: text.optional(),
});

const replyToken = tokenOr("must be the reply's partialResultToken");
export const answerNow = object<AnswerNowParams>({ token: replyToken });
export const addBudget = object<AddBudgetParams>({ token: replyToken, tokens: count });
export const agentStop = object<AgentStopParams>({ token: replyToken });
export const agentSay = object<AgentSayParams>({ token: replyToken, text });

const remote = object<RemoteEndpoint>({ baseUrl: text, model: text.optional(), apiKey: text.optional() });
/** With `remote`, the fields of a local load are dropped. */
export const load = z
  .looseObject({ ...shared.local, model: text.optional(), remote: remote.optional() })
  .transform(({ model, remote, ...more }, { issues }) => {
    if (remote) return { remote, contextTokens: more.contextTokens };
    if (model !== undefined) return { model, ...more };
    issues.push({ code: "custom", path: ["model"], message: shared.FILE, input: model });
    return z.NEVER;
  }) satisfies z.ZodType<LoadParams>;
export const models = object<ModelsParams>({
  contextTokens: count.optional(),
  gpu: shared.gpu,
  refresh: flag.optional(),
});
export const download = object<DownloadParams>({
  ...workDone,
  ...access,
  id: text,
  acceptLicense: flag.optional(),
  accessToken: text.optional(),
  mirror: text.optional(),
});
const ABSOLUTE = "must be an absolute path";
export const importModel = object<ImportParams>({
  ...workDone,
  path: z.string(ABSOLUTE).refine(path.isAbsolute, ABSOLUTE),
  copy: flag,
});
export const deleteModel = object<DeleteModelParams>({ id: text });
export const installBackend = object<InstallBackendParams>({
  ...workDone,
  ...access,
  backend,
  registry: text.optional(),
});
export const removeBackend = object<RemoveBackendParams>({ backend });

const PORT = "must be a whole number up to 65535";
export const startEndpoint = object<StartEndpointParams>({
  port: z.int(PORT).min(0, PORT).max(65_535, PORT),
  apiKey: z.string().min(1, "must be a text that is not empty").optional(),
});

// ---- Notifications, and the options of initialize ---------------------------------------------------------------

export const policy = shared.policy;
export const initializationOptions = object<InitializationOptions>({
  ownCommands: flag.optional(),
  translations: z.record(z.string(), z.string()).optional(),
  modelsFolder: text.optional(),
  backendsFolder: text.optional(),
  owner: text.optional(),
  policy: policy.optional(),
  ripgrep: text.optional(),
  workspace: z.array(z.enum(Object.keys(WorkspaceMethod) as WorkspaceAbility[])).optional(),
});

// ---- LSP's own ---------------------------------------------------------------------------------------------------

export const codeAction = z.looseObject({
  textDocument: z.looseObject({ uri: text }),
  range,
  context: z.looseObject({ diagnostics, only: z.array(text).optional() }),
}) satisfies z.ZodType<CodeActionParams>;

export const executeCommand = z.looseObject({
  command: text,
  arguments: z.tuple(
    [
      object<RangeArguments>({
        uri: text,
        version: count,
        range,
        instruction: instructionId.optional(),
        diagnostics: diagnostics.optional(),
      }),
    ],
    z.unknown(),
  ),
}) satisfies z.ZodType<ExecuteCommandParams>;
