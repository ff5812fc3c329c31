/** Settings are typed letter by letter, so changes take effect after a pause. */
import { type ConfigurationChangeEvent, type Disposable, workspace } from "vscode";
import { Method } from "../../server/protocol.ts";
import { enginePolicy } from "../config.ts";
import type { ServerLifecycle } from "./lifecycle.ts";

/** How long settings must stay unchanged, ms. */
const SETTLED_MS = 500;

/** Calls `then` when settings that matter have changed, and then stayed unchanged for a while. */
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
 * Sends the running server the settings for freeing memory when they change. A server that starts later gets them at
 * its start. The pause keeps a 1 on the way to 10 from unloading the model.
 */
export function sendPolicy(lifecycle: ServerLifecycle): Disposable {
  const send = async () => (await lifecycle.running())?.notify(Method.policy, enginePolicy());
  return onSettled(
    (event) => event.affectsConfiguration("nemotron.engine"),
    // A server that has ended meanwhile does not need them.
    () => void send().catch(() => {}),
  );
}
