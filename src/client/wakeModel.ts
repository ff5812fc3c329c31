import type { CancellationToken } from "vscode";
import type { Server } from "./server.ts";

/** A question loads the model again after it was unloaded or failed. Rejects as the load does. */
export async function wakeModel(server: Server, token: CancellationToken): Promise<void> {
  const { status } = server;
  const givenUp = status.type === "failed" && status.retryInMs === undefined;
  if (status.type === "noModel" || givenUp) await server.load(token);
}
