/** Limits that keep the server and the window's chat working, whatever a client does. */
import { MAX_DEPTH } from "../../shared/depth.ts";

export type Limits = {
  /** Size of a request's body, compressed or not, bytes. */
  bodyBytes: number;
  /** Size of all bodies that are being received, bytes. */
  bodiesBytes: number;
  /** Nesting of lists and objects in a body. */
  depth: number;
  /**
   * Number of replies at the same time. The model answers chats one after the other, so more would only wait in the
   * engine.
   */
  running: number;
  /** Number of waiting requests; further ones are refused. */
  waiting: number;
  /** Number of connections. Further ones replace idle ones, or are answered with 503. */
  connections: number;
  /** Time for a whole request to arrive, ms. */
  arrivalMs: number;
  /** Time for a request's headers to arrive, ms. */
  headersMs: number;
  /** Time after which a connection without a request is closed, ms. */
  idleMs: number;
  /** A streaming client gets a comment after this time without data, ms. */
  silenceMs: number;
  /** How long a streaming client may read nothing of the waiting data, ms. */
  stallMs: number;
  /** How many characters may wait for a streaming client before the reply waits for it. */
  backlogChars: number;
};

/** The limits that `startApiServer` uses by default. */
export const LIMITS: Limits = {
  bodyBytes: 8 * 1024 ** 2,
  bodiesBytes: 128 * 1024 ** 2,
  depth: MAX_DEPTH,
  running: 1,
  waiting: 16,
  connections: 256,
  arrivalMs: 30_000,
  headersMs: 10_000,
  idleMs: 60_000,
  silenceMs: 1000,
  stallMs: 15_000,
  backlogChars: 1024 ** 2,
};
