/** Settings are typed letter by letter, so they count when nothing has changed for a while. */
import { type ConfigurationChangeEvent, type Disposable, workspace } from "vscode";
import { Method } from "../../server/protocol.ts";
import { enginePolicy } from "../config.ts";
import type { ServerLifecycle } from "./lifecycle.ts";

/** How long settings must stay unchanged, ms. */
const SETTLED_MS = 500;

/** Calls `then` when settings that matter have changed, and the user has done so. */
export function onSettled(matters: (event: ConfigurationChangeEvent) => boolean, then: () => void): Disposable {
  let settling: NodeJS.Timeout | undefined;
  const listener = workspace.onDidChangeConfiguration((event) => {
    if (!matters(event)) return;
    clearTimeout(settling);
    settling = setTimeout(then, SETTLED_MS);
  });
  return {
    dispose: () => {
      listener.dispose();
      clearTimeout(settling);
    },
  };
}

/**
 * Tells the running server when the settings for freeing memory change. None is started for this: the next one is told at
 * its start. A 1 on the way to 10 unloads nothing.
 */
export function tellPolicy(lives: ServerLifecycle): Disposable {
  const tell = async () => (await lives.running())?.notify(Method.policy, enginePolicy());
  return onSettled(
    (event) => event.affectsConfiguration("nemotron.engine"),
    // A server that has gone meanwhile needs no telling.
    () => void tell().catch(() => {}),
  );
}
