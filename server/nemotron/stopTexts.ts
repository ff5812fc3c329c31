/** Finds the first of some texts in a stream. */
import { possibleStart } from "./tags.ts";

/** `text` is what is sure to come before any stop text, in order of arrival; once `stopped` there is no more. */
export type Searched = { text: string; stopped: boolean };

export type StopSearch = {
  push(text: string): Searched;
  /** What was held back, as no more text follows what was pushed so far. */
  flush(): Searched;
};

/**
 * Holds back no more than the longest stop text, and only what may be the beginning of one. Of several stop texts, the
 * one that starts first wins.
 */
export function searchStops(stops: readonly string[]): StopSearch {
  const wanted = stops.filter((stop) => stop !== "");
  let held = "";

  function search(text: string, complete: boolean): Searched {
    const found = wanted.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    const first = Math.min(...found, text.length);
    const pending = complete ? text.length : possibleStart(text, wanted);
    // A stop text is there, but one that starts before it may still be arriving.
    const undecided = pending < first;
    const end = undecided ? pending : first;
    const stopped = found.length > 0 && !undecided;
    held = stopped ? "" : text.slice(end);
    return { text: text.slice(0, end), stopped };
  }

  return { push: (text) => search(held + text, false), flush: () => search(held, true) };
}
