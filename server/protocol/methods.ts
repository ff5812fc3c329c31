/** The names of errors, methods and commands. */
import type { Diagnostic, Range } from "vscode-languageserver";
import type { InstructionId } from "./edits.ts";
import type { EnginePolicy } from "./model.ts";

// ---- Errors ------------------------------------------------------------------------------------------------------

/** Codes of ResponseError; the names are in `data.name`, further facts beside it. LSP's own codes are used as well. */
export const ErrorCode = {
  /** No model is loaded or being loaded. */
  noModel: 1,
  /** The model could not be loaded. data: reason, next. */
  loadFailed: 2,
  /** data: promptTokens, contextTokens. */
  contextOverflow: 3,
  /** The engine process died while it worked on this request. data: reason, next. */
  engineCrashed: 4,
  /** The reply held no code, more than one block of it, or no change that could be placed. data: answer, refused. */
  notCode: 5,
  /** The reply was cut off before it was whole. */
  truncated: 6,
  /** No running reply has this token, or its thought is over. */
  notThinking: 7,
  /** A file that is not open, and not inside a workspace folder or not readable. */
  unreadable: 8,
  /** The responseSchema is not one that a reply can be made to follow. */
  badSchema: 9,
  /** There is no one place in the document that the code rewrites. */
  notPlaced: 10,
  /** A backend could not be installed or removed. data: reason, next. */
  backendFailed: 20,
  // Of a remote engine. data: next, besides what is said here.
  /** It could not be connected to: refused, unknown host, certificate, or no answer. */
  unreachable: 30,
  /** It does not know the model. */
  unknownModel: 31,
  /** It wants a key, or another one. */
  unauthorized: 32,
  /** It wants fewer requests. data: retryAfterMs, where it says. */
  rateLimited: 33,
  /** The connection broke in the middle of a reply; what came of it has been streamed. */
  connectionLost: 34,
  /** It refused or failed at the request for another reason. data: status, of HTTP. */
  endpointFailed: 35,
  // Of model files.
  /** The file could not be brought here. What has come of it is kept. data: reason, next. */
  downloadFailed: 40,
  /** data: reason, next. */
  diskFull: 41,
  /** The file is not the one that the hub or the catalogue tells of; it is not used. data: reason, next. */
  notVerified: 42,
  /** data: reason, next, page (of the license). */
  licenseNotAccepted: 43,
  /** The hub gives it only to those who have an access token, and may use it. data: reason, next, page. */
  accessDenied: 44,
  // Of the engine that all of a user's programs share. data: reason, next.
  /** Others use another model, and both do not go together. data: loaded (its name), path (its file), others. */
  otherModel: 50,
  /** The engine that runs belongs to a newer version of the product. */
  otherVersion: 51,
  /** No reply of this client's has that id, or it has been over for too long. */
  noReply: 52,
} as const;
export type ErrorName = keyof typeof ErrorCode;

// ---- Methods -----------------------------------------------------------------------------------------------------

/** Client to server. Cancelled by `$/cancelRequest`. */
export const Method = {
  chat: "nemotron/chat",
  explain: "nemotron/explain",
  edit: "nemotron/edit",
  prepareEdit: "nemotron/prepareEdit",
  apply: "nemotron/apply",
  writeTests: "nemotron/writeTests",
  commitMessage: "nemotron/commitMessage",
  prepare: "nemotron/prepare",
  /** Answers beside a running reply, so that a meter can follow what is typed. */
  count: "nemotron/count",
  countTokens: "nemotron/countTokens",
  answerNow: "nemotron/answerNow",
  addBudget: "nemotron/addBudget",
  /** What can be run here: the catalogue, how each model would fit, and which are here already. */
  models: "nemotron/models",
  load: "nemotron/load",
  unload: "nemotron/unload",
  /** Takes up a reply whose connection was lost, from its beginning. */
  resume: "nemotron/resume",
  /** A conversation has been deleted: what is kept of it goes. */
  forget: "nemotron/forget",
  /** A notification with an EnginePolicy, whenever that changes. */
  policy: "nemotron/policy",
  startEndpoint: "nemotron/startEndpoint",
  stopEndpoint: "nemotron/stopEndpoint",
  download: "nemotron/download",
  importModel: "nemotron/importModel",
  deleteModel: "nemotron/deleteModel",
  backends: "nemotron/backends",
  installBackend: "nemotron/installBackend",
  removeBackend: "nemotron/removeBackend",
  /** Server to client, a notification with a Status. As a request from the client it answers with the present one. */
  status: "nemotron/status",
} as const;

/**
 * `ownCommands`: the client has commands and code actions of its own, and the server offers none.
 * `translations`: of what the server says to users, by the English text, in the language of `locale`.
 * `modelsFolder`: where models are kept, an absolute path; left out, the platform's folder for data.
 * `backendsFolder`: where backends are installed; a folder of the user's data when left out.
 * `owner`: whose conversations these are, the same after a restart and a secret to others: states that are kept for one
 * owner are of no use to another. Left out: made of the workspace folders.
 * `policy`: when the engine gives its memory back by itself.
 */
export type InitializationOptions = {
  ownCommands?: boolean;
  translations?: Record<string, string>;
  modelsFolder?: string;
  backendsFolder?: string;
  owner?: string;
  policy?: EnginePolicy;
};

/** Commands of `workspace/executeCommand`, used by the server's code actions. Arguments: one RangeArguments. */
export const Command = {
  explain: "nemotron.explain",
  edit: "nemotron.edit",
  writeTests: "nemotron.writeTests",
} as const;
export type RangeArguments = {
  uri: string;
  version: number;
  range: Range;
  instruction?: InstructionId;
  diagnostics?: Diagnostic[];
};
