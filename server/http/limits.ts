/** Limits for one client, so that other clients and the window's chat keep working. */
export type Limits = {
  /** Size of a request's body, compressed or not. */
  bodyBytes: number;
  /** Size of all bodies that are being received. */
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
  /** Time for a whole request to arrive, ms; its headers get a part of it. */
  arrivalMs: number;
  headersMs: number;
  /** Time after which a connection without a request is closed, ms. */
  idleMs: number;
  /** A streaming client gets a comment after this time without data, ms. */
  silenceMs: number;
  /** How long a client may read nothing of the waiting data, ms, and how many characters may wait. */
  stallMs: number;
  backlogChars: number;
};

export const LIMITS: Limits = {
  bodyBytes: 8 * 1024 ** 2,
  bodiesBytes: 128 * 1024 ** 2,
  depth: 64,
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
