import type { MessageConnection } from "vscode-languageserver/node";
import { Watchdog, type WatchdogOptions } from "../engine/client/watchdog.ts";
import { ping } from "./wire.ts";

/**
 * Starts a watchdog for the other end of a connection. The end of the connection itself is reported by the connection.
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
