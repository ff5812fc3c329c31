/** The names of errors, methods and commands. */
import type { Diagnostic, Range } from "vscode-languageserver";
import type { WorkspaceAbility } from "./agent.ts";
import type { InstructionId } from "./edits.ts";
import type { EnginePolicy } from "./model.ts";

// ---- Errors ------------------------------------------------------------------------------------------------------

/**
 * Codes of ResponseError. `data.name` is the name, and `data` has the facts named below. LSP's own codes are used too.
 */
export const ErrorCode = {
  /** No model is loaded or loading. */
  noModel: 1,
  /** The model could not be loaded. data: reason, next. */
  loadFailed: 2,
  /** The prompt does not fit in the context. data: promptTokens, contextTokens. */
  contextOverflow: 3,
  /** The engine process died while it worked on this request. data: reason, next. */
  engineCrashed: 4,
  /** The reply held no code, several blocks of code, or no change that could be placed. data: answer, refused. */
  notCode: 5,
  /** The reply was cut off before its end. */
  truncated: 6,
  /** No running reply has this token, or its thought is over. */
  notThinking: 7,
  /** A file that is not open, and is outside the workspace folders or not readable. */
  unreadable: 8,
  /** The responseSchema cannot be enforced. */
  badSchema: 9,
  /** The document has no single place that the code rewrites. */
  notPlaced: 10,
  /** The model wrote a tool call that cannot be read. data: reason, next. */
  badCall: 11,
  /** The engine process has died twice on this request, so it is not sent again. data: reason, next. */
  endsEngine: 12,
  /** A backend could not be installed or removed. data: reason, next. */
  backendFailed: 20,
  // Errors of a remote engine. data: next, and the facts below.
  /** No connection: refused, unknown host, certificate, or no answer. */
  unreachable: 30,
  /** The endpoint does not know the model. */
  unknownModel: 31,
  /** The endpoint requires a key, or another one. */
  unauthorized: 32,
  /** Too many requests. data: retryAfterMs, if the endpoint names it. */
  rateLimited: 33,
  /** The connection broke during a reply. The part that came has been streamed. */
  connectionLost: 34,
  /** The endpoint refused the request or failed for another reason. data: status, of HTTP. */
  endpointFailed: 35,
  // Errors of model files.
  /** The file could not be downloaded or copied. The part that came is kept. data: reason, next. */
  downloadFailed: 40,
  /** The disk has no room for the file. data: reason, next. */
  diskFull: 41,
  /** The file differs from the one on the hub or in the catalogue, so it is not used. data: reason, next. */
  notVerified: 42,
  /** The user has not accepted the model's license. data: reason, next, page (of the license). */
  licenseNotAccepted: 43,
  /** The hub requires an access token with permission for this model. data: reason, next, page. */
  accessDenied: 44,
  // Errors of the engine that all of a user's programs share. data: reason, next, and the facts below.
  /**
   * Other programs use another model, or this model with other options. data: loaded (its name), path (its file),
   * wanted (the file asked for), others.
   */
  otherModel: 50,
  /** The running engine belongs to a newer version of the product. */
  otherVersion: 51,
  /** This client has no reply with that id, or it ended too long ago. */
  noReply: 52,
} as const;
export type ErrorName = keyof typeof ErrorCode;

// ---- Methods -----------------------------------------------------------------------------------------------------

/** Client to server. Cancelled by `$/cancelRequest`. */
export const Method = {
  /** Answers the last message of a conversation, with files and problems as context. Streams. */
  chat: "nemotron/chat",
  /** Works on the workspace's files with tools until a task is done. Streams. */
  agent: "nemotron/agent",
  /** Stops a running agent. Its request is answered with what it has done. */
  agentStop: "nemotron/agentStop",
  /** Says something to a running agent, which takes it in before its next step. */
  agentSay: "nemotron/agentSay",
  /** Explains a range of a document. Streams. */
  explain: "nemotron/explain",
  /** Writes the change that an instruction asks for in a range. Answers with text edits; the document stays as it is. */
  edit: "nemotron/edit",
  /** Reads the prompt of an edit ahead, while the instruction is typed. */
  prepareEdit: "nemotron/prepareEdit",
  /** Places code from an answer in a document, without a model. Answers with text edits. */
  apply: "nemotron/apply",
  /** Writes a test file for a range. */
  writeTests: "nemotron/writeTests",
  /** Writes a commit message for a diff. Streams. */
  commitMessage: "nemotron/commitMessage",
  /** Reads the prompt of a chat ahead, while the question is typed. Anything else interrupts it. */
  prepare: "nemotron/prepare",
  /**
   * Counts the tokens that a chat would send. Does not wait for a running reply, so a meter can follow the user's
   * typing.
   */
  count: "nemotron/count",
  /** Counts the tokens of texts or messages. */
  countTokens: "nemotron/countTokens",
  /** Ends the thought of a running reply: the model answers. */
  answerNow: "nemotron/answerNow",
  /** Lets a running reply think for more tokens. */
  addBudget: "nemotron/addBudget",
  /** Lists the catalogue, how each model would fit on this machine, and which are here. */
  models: "nemotron/models",
  /** Loads a model, or connects to a remote engine. */
  load: "nemotron/load",
  /** Unloads the model, for all programs that use it. */
  unload: "nemotron/unload",
  /** Reconnects to a reply after a lost connection, from its beginning. Streams. */
  resume: "nemotron/resume",
  /** Deletes the saved states of a conversation. */
  forget: "nemotron/forget",
  /** A notification: sets when the engine frees its memory automatically. */
  policy: "nemotron/policy",
  /** Starts the OpenAI-compatible endpoint. */
  startEndpoint: "nemotron/startEndpoint",
  /** Stops the endpoint. */
  stopEndpoint: "nemotron/stopEndpoint",
  /** Downloads a model of the catalogue, with work-done progress. */
  download: "nemotron/download",
  /** Adds a model file of the user's own to the models folder, with work-done progress. */
  importModel: "nemotron/importModel",
  /** Deletes a downloaded model. */
  deleteModel: "nemotron/deleteModel",
  /** Lists the GPU backends, and what CUDA lacks on this machine. */
  backends: "nemotron/backends",
  /** Installs a GPU backend, with work-done progress. */
  installBackend: "nemotron/installBackend",
  /** Removes an installed GPU backend. */
  removeBackend: "nemotron/removeBackend",
  /** A notification from the server with a `Status`. As a request from the client, it returns the current status. */
  status: "nemotron/status",
} as const;

/**
 * What a client sends with `initialize`. An invalid option is logged and ignored.
 */
export type InitializationOptions = {
  /** The client has its own commands and code actions, so the server offers none. */
  ownCommands?: boolean;
  /** Messages to users by their English text, in the language of `locale`. */
  translations?: Record<string, string>;
  /** Absolute path of the folder for models; left out: a folder in the user's data. */
  modelsFolder?: string;
  /** The folder for installed backends; left out: a folder in the user's data. */
  backendsFolder?: string;
  /**
   * The owner of this client's conversations: a secret that stays the same after a restart. States of one owner are not
   * used for another. Left out: derived from the workspace folders.
   */
  owner?: string;
  policy?: EnginePolicy;
  /** The agent's requests that the client answers. */
  workspace?: WorkspaceAbility[];
  /** The path of a ripgrep program that the client brings; left out: searched on PATH. */
  ripgrep?: string;
};

/** Commands of `workspace/executeCommand`, used by the server's code actions. Arguments: one RangeArguments. */
export const Command = {
  explain: "nemotron.explain",
  edit: "nemotron.edit",
  writeTests: "nemotron.writeTests",
} as const;
/** Lets a code action start a feature on a range. */
export type RangeArguments = {
  uri: string;
  version: number;
  range: Range;
  instruction?: InstructionId;
  diagnostics?: Diagnostic[];
};
