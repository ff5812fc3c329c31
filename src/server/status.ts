import type { Status } from "../../server/protocol.ts";
import type { ServerError } from "../serverError.ts";

/** The engine's state as the server tells it, or where there is no server to ask, the server's own. */
export type ServerStatus =
  | Status
  /** It has not been needed yet. */
  | { type: "asleep" }
  | { type: "starting" }
  /** The engine that all windows share has another model for others, or belongs to a newer version: the user decides. */
  | { type: "refused"; error: ServerError }
  /** Its process died, or could not be started. `retryInMs`: it is started again by itself after that time. */
  | { type: "down"; reason: string; next: string; retryInMs?: number };
