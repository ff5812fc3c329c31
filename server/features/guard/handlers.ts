/** Finds handlers of errors that are lost while what they are for is still done. */
import { isCode } from "../text/words.ts";
import type { Hunk } from "./hunks.ts";

export const HANDLES = /^\s*(?:\}\s*)?(?:except|catch|rescue)\b/;
const HANDLES_ELSE =
  /\b(?:try|with|using|defer|suppress|runCatching|Try|recover\w*|rescue|ensure|finally|onFailure|onError|catch\w*|Result)\b|\.catch\(/;
export const RAISES = /^\s*(?:raise|throw)(?:\s+\w+)?;?\s*$/;
/** What an instruction about errors calls them. */
export const ERROR_WORDS = [
  ..."errors exception exceptions except catch try rescue handler handling propagate raise throw".split(" "),
  ..."fehler ausnahme ausnahmen erreur erreurs exceptions error errores excepción excepciones errore errori".split(" "),
  ..."エラー 例外".split(" "),
];

/** The handlers of errors, where none is left and what they are for is still done. Raising again what came is no handling. */
export function handlersLost(hunks: readonly Hunk[], isLost: (line: string) => boolean): string[] {
  const [removed, added] = [hunks.flatMap((hunk) => hunk.removed), hunks.flatMap((hunk) => hunk.added)];
  if (!removed.some((line) => /\btry\b|\bbegin\b/.test(line)) || added.some((line) => HANDLES_ELSE.test(line)))
    return [];
  return hunks.flatMap((hunk) => {
    const at = hunk.removed.findIndex((line) => HANDLES.test(line));
    const handled = at < 0 ? [] : hunk.removed.slice(at + 1).filter((line) => isCode(line) && !HANDLES.test(line));
    const lost = handled.filter((line) => isLost(line) && !RAISES.test(line));
    return lost.length > 0 ? [hunk.removed[at]!, ...lost] : [];
  });
}
