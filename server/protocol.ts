/**
 * THE CONTRACT between the language server and its clients: requests, notifications, data types, named errors. It
 * imports nothing from the project. Units: tokens of the loaded model, ms, bytes.
 */
export * from "./protocol/agent.ts";
export * from "./protocol/backends.ts";
export * from "./protocol/chat.ts";
export * from "./protocol/edits.ts";
export * from "./protocol/endpoint.ts";
export * from "./protocol/methods.ts";
export * from "./protocol/model.ts";
export * from "./protocol/models.ts";
export * from "./protocol/remote.ts";
