/** What one client may take, so that the others and the window's chat keep working. */
export type Limits = {
  /** Of a request's body. */
  bodyBytes: number;
  /** Nested lists and objects in a body, one in the other. */
  depth: number;
  /** Replies at the same time. The model answers chats one after the other, so more would only wait in the engine. */
  running: number;
  /** Requests that wait for their turn; further ones are sent away. */
  waiting: number;
  connections: number;
  /** A request must have arrived whole within this time, ms; its headers within a part of it. */
  arrivalMs: number;
  headersMs: number;
  /** A connection without a request is closed after this time, ms. */
  idleMs: number;
  /** So long a client may take nothing of what waits for it, ms, and so many characters may wait. */
  stallMs: number;
  backlogChars: number;
};

export const LIMITS: Limits = {
  bodyBytes: 8 * 1024 ** 2,
  depth: 64,
  running: 1,
  waiting: 16,
  connections: 64,
  arrivalMs: 30_000,
  headersMs: 10_000,
  idleMs: 60_000,
  stallMs: 15_000,
  backlogChars: 1024 ** 2,
};
