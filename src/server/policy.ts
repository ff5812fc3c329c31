/** The engine hears of it when the user changes when it gives its memory back. */
import { type Disposable, workspace } from "vscode";
import { Method } from "../../server/protocol.ts";
import { enginePolicy } from "../config.ts";
import type { Lives } from "./lives.ts";

/** A number is typed digit by digit, and a 1 on the way to 10 unloads nothing: so long it is waited for the rest, ms. */
const SETTLED_MS = 500;

/** No server is started for this: the next one is told at its start. */
export function tellPolicy(lives: Lives): Disposable {
  let settling: NodeJS.Timeout | undefined;
  const tell = async () => (await lives.running())?.notify(Method.policy, enginePolicy());
  const listener = workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration("nemotron.engine")) return;
    clearTimeout(settling);
    // A server that has gone meanwhile needs no telling.
    settling = setTimeout(() => tell().catch(() => {}), SETTLED_MS);
  });
  return {
    dispose: () => {
      listener.dispose();
      clearTimeout(settling);
    },
  };
}
