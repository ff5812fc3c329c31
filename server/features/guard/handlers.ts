/** Finds handlers of errors that are lost while what they are for is still done. */
import { indentationWidth } from "../text/indentation.ts";
import { isCode } from "../text/words.ts";
import type { Hunk } from "./hunks.ts";
import type { Intent } from "./intent.ts";

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

const LOGS =
  /^\s*(?:pass|(?:[\w$]+\.)*(?:log\w*|console|print\w*|puts|warn\w*|debug|info|error|exception|echo|fmt)\b[\w$.]*[\s(].*);?\s*$/i;
const TRIES = /^\s*(?:try\b\s*[:{]?|begin)\s*$/;
const PROPAGATES =
  /propag|bubble|surface|let\b.*\b(?:throw|raise|fail|escape)|(?:weiter|durch)(?:geb|reich|ge)|remont|伝播/i;

/**
 * The removed lines of handlers that do nothing: they only raise again what came. If errors are to propagate, also those
 * of handlers that only log.
 */
export function idleHandlers(hunks: readonly Hunk[], intent: Intent): Set<string> {
  const isIdle = (line: string) => RAISES.test(line) || (intent.mentions(PROPAGATES) && LOGS.test(line));
  const idle = hunks.flatMap(({ removed }) => {
    const starts = removed.flatMap((line, i) => (HANDLES.test(line) ? [i] : []));
    const blocks = starts.map((start) => {
      const width = indentationWidth(removed[start]!);
      const length = removed.slice(start + 1).findIndex((line) => isCode(line) && indentationWidth(line) <= width);
      return removed.slice(start, length < 0 ? undefined : start + 1 + length).filter(isCode);
    });
    return blocks.filter(([, ...body]) => body.length > 0 && body.every(isIdle)).flat();
  });
  return new Set(
    idle.length === 0 ? [] : [...idle, ...hunks.flatMap(({ removed }) => removed.filter((line) => TRIES.test(line)))],
  );
}

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
