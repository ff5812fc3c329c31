import type { MessageConnection } from "vscode-languageserver/node";
import { Watchdog, type WatchdogOptions } from "../engine/watchdog.ts";
import { ping } from "./wire.ts";

/** Has a watchdog ask the other end of a connection whether it is there. A connection that has ended tells so itself. */
export function watch(connection: MessageConnection, options: Omit<WatchdogOptions, "ping">): Watchdog {
  const ask = () =>
    void connection.sendRequest(ping).then(
      () => watchdog.heard(),
      () => {},
    );
  const watchdog = new Watchdog({ ...options, ping: ask });
  return watchdog;
}
