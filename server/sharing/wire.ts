/** The messages between the engine host and its clients: JSON-RPC with LSP's framing, over the user's socket. */
import { NotificationType, RequestType, RequestType0 } from "vscode-languageserver/node";
import type { ModelRequest } from "../engine/client/engineClient.ts";
import type { ReplyEvent } from "../engine/engine.ts";
import type { Translations } from "../engine/language.ts";
import type { EngineResult } from "../engine/wire.ts";
import type { EnginePolicy, LocalLoad, ModelInfo, Status } from "../protocol.ts";

/**
 * Version of the messages in this file; raise it with every change. `hello` and `drain` never change, so that different
 * versions can detect each other.
 */
export const PROTOCOL = 2;

/** How a client appears to others: a window of VS Code, another editor, or a command in a terminal. */
export type ClientKind = "window" | "editor" | "terminal";

/** A client's greeting. */
export type Hello = {
  protocol: number;
  /** Version of the product. */
  version: string;
  pid: number;
  kind: ClientKind;
  /** The owner of the client's conversations (InitializationOptions.owner). */
  owner: string;
  translations: Translations;
  policy: EnginePolicy;
};
/** The host's answer to a greeting. `version`: of the product. */
export type Welcome = { protocol: number; version: string; pid: number };

/** The first message to the host. Any earlier message is refused. */
export const hello = new RequestType<Hello, Welcome, void>("hello");
/** Asks the host to accept no more clients, finish its running replies, and end, to make room for another host. */
export const drain = new RequestType0<null, void>("drain");
/** `backendsFolder`: the folder of installed backends. */
export type LoadRequest = { params: LocalLoad; backendsFolder?: string };
/** Answered when the model is loaded. */
export const load = new RequestType<LoadRequest, ModelInfo, void>("load");
/** Unloads the model for all clients. */
export const unload = new RequestType0<null, void>("unload");
/** The loaded model. Waits while it is loading. */
export const model = new RequestType0<ModelInfo, void>("model");
/** `id`: unique among the client's requests; the events of a reply carry it. */
export type EngineCall = { id: number; request: ClientRequest };
/** A request for the engine. */
export const call = new RequestType<EngineCall, EngineResult, void>("ask");
/** The client's policy. Parts that are left out stay as they are. */
export const policy = new NotificationType<EnginePolicy>("policy");
/** Sent in both directions, and answered at once. */
export const ping = new RequestType0<null, void>("ping");

/** The client's status, after each change. To the client, as are the following. */
export const status = new NotificationType<Status>("status");
/** Events of the reply to the EngineCall with this id. */
export const events = new NotificationType<{ id: number; events: ReplyEvent[] }>("events");
/** A line for the log, never with prompts or replies. */
export const log = new NotificationType<string>("log");
/** Another version takes over: send new requests there. */
export const draining = new NotificationType<null>("draining");

/** The requests of clients to the engine itself. The host forwards ModelRequests to the engine process. */
export type ClientRequest =
  | ModelRequest
  | { type: "forget"; conversation: string }
  | { type: "resume"; replyId: string };
