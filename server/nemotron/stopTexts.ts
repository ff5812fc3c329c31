/** Finds the first of several stop texts in a stream. */
import { possibleStart } from "./tags.ts";

/** `text`: the text that certainly comes before any stop text. `stop`: the stop text that was found; no more follows. */
type SearchResult = { text: string; stop?: string };

export type StopSearch = {
  push(text: string): SearchResult;
  /** Returns the text held back, because no more text follows. */
  flush(): SearchResult;
};

/**
 * Holds back only what can be the beginning of a stop text. If several stop texts match, the one that starts first
 * counts.
 */
export function createStopSearch(stops: readonly string[]): StopSearch {
  const searched = stops.filter((stop) => stop !== "");
  let pendingText = "";

  function search(text: string, complete: boolean): SearchResult {
    const found = searched.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    const first = Math.min(...found, text.length);
    const pending = complete ? text.length : possibleStart(text, searched);
    // A stop text is here, but an earlier one may still be arriving.
    const undecided = pending < first;
    const end = undecided ? pending : first;
    const stopped = found.length > 0 && !undecided;
    pendingText = stopped ? "" : text.slice(end);
    return {
      text: text.slice(0, end),
      ...(stopped && { stop: searched.find((stop) => text.startsWith(stop, first)) }),
    };
  }

  return { push: (text) => search(pendingText + text, false), flush: () => search(pendingText, true) };
}
