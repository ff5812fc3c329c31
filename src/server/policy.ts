/** The engine hears of it when the user changes when it gives its memory back. */
import type { Disposable } from "vscode";
import { Method } from "../../server/protocol.ts";
import { enginePolicy } from "../config.ts";
import type { Lives } from "./lives.ts";
import { onSettled } from "./settled.ts";

/** No server is started for this: the next one is told at its start. A 1 on the way to 10 unloads nothing. */
export function tellPolicy(lives: Lives): Disposable {
  const tell = async () => (await lives.running())?.notify(Method.policy, enginePolicy());
  return onSettled(
    (event) => event.affectsConfiguration("nemotron.engine"),
    // A server that has gone meanwhile needs no telling.
    () => void tell().catch(() => {}),
  );
}
