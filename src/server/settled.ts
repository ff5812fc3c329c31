/** Settings are typed letter by letter: they are taken as meant when nothing has changed for a while. */
import { type ConfigurationChangeEvent, type Disposable, workspace } from "vscode";

/** So long after the last change, ms. */
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
