import type { MessageConnection } from "vscode-languageserver/node";
import { Watchdog, type WatchdogOptions } from "../engine/client/watchdog.ts";
import { ping } from "./wire.ts";

/**
 * Starts a watchdog for the process at the other end of a connection. It does not report the end of the connection.
 */
export function watch(connection: MessageConnection, options: Omit<WatchdogOptions, "ping">): Watchdog {
  const ask = () =>
    void connection.sendRequest(ping).then(
      () => watchdog.heard(),
      () => {},
    );
  const watchdog = new Watchdog({ ...options, ping: ask });
  return watchdog;
}
