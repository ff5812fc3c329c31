/** What the engine's host and its clients say to each other: JSON-RPC, as LSP frames it, over the user's socket. */
import { NotificationType, RequestType, RequestType0 } from "vscode-languageserver/node";
import type { EngineRequest } from "../engine/child.ts";
import type { ReplyEvent } from "../engine/engine.ts";
import type { Translations } from "../engine/language.ts";
import type { EngineResult } from "../engine/wire.ts";
import type { EnginePolicy, LocalLoad, ModelInfo, Status } from "../protocol.ts";

/**
 * Of the messages in this file, but for `hello` and `drain`, which stay as they are for ever: by them versions that do not
 * understand each other find that out. Grows with every change.
 */
export const PROTOCOL = 1;

export type ClientKind = "window" | "editor" | "terminal";

export type Hello = {
  protocol: number;
  /** Of the product. */
  version: string;
  pid: number;
  kind: ClientKind;
  /** Whose conversations these are (InitializationOptions.owner). */
  owner: string;
  translations: Translations;
  policy: EnginePolicy;
};
export type Welcome = { protocol: number; version: string; pid: number };

/** To the host. Comes first; whatever else comes before it is refused. */
export const hello = new RequestType<Hello, Welcome, void>("hello");
/** The host takes no more clients, ends when its running replies have, and makes room for another. */
export const drain = new RequestType0<null, void>("drain");
/** `backendsFolder`: where backends are installed. */
export type LoadAsked = { params: LocalLoad; backendsFolder?: string };
/** Answered when the model is there. */
export const load = new RequestType<LoadAsked, ModelInfo, void>("load");
export const unload = new RequestType0<null, void>("unload");
/** The loaded model; waits while it is being loaded. */
export const model = new RequestType0<ModelInfo, void>("model");
/** `id`: the client's, unlike that of its other requests; a reply's events have it. */
export type Asked = { id: number; request: ClientRequest };
export const ask = new RequestType<Asked, EngineResult, void>("ask");
export const policy = new NotificationType<EnginePolicy>("policy");
/** In both directions: whoever is alive answers at once. */
export const ping = new RequestType0<null, void>("ping");

/** To the client. */
export const status = new NotificationType<Status>("status");
export const events = new NotificationType<{ id: number; events: ReplyEvent[] }>("events");
/** A line for the log: never what anybody has asked or been answered. */
export const log = new NotificationType<string>("log");
/** Another version takes over: new requests belong there. */
export const draining = new NotificationType<null>("draining");

/** What clients ask of the engine itself. */
export type ClientRequest =
  | Exclude<EngineRequest, { type: "load" | "probe" | "save" | "forget" }>
  | { type: "forget"; conversation: string }
  | { type: "resume"; replyId: string };
