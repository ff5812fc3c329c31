/**
 * THE CONTRACT between the language server and its clients: requests, notifications, data types, named errors.
 * It imports nothing of the project. Units: tokens are the loaded model's, times are ms, memory is bytes.
 */
export * from "./protocol/backends.ts";
export * from "./protocol/chat.ts";
export * from "./protocol/edits.ts";
export * from "./protocol/endpoint.ts";
export * from "./protocol/methods.ts";
export * from "./protocol/model.ts";
export * from "./protocol/models.ts";
export * from "./protocol/names.ts";
export * from "./protocol/remote.ts";
