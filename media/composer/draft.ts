/** The text being written: kept over a reload, and told to the host so that it is read while the user types. */
import { useCallback, useRef, useState } from "preact/hooks";
import { keep, kept, post } from "../host.ts";

/** ms without a change after which the host is told. */
const QUIET_MS = 250;

export type Draft = {
  text: string;
  change: (text: string) => void;
  /** Empties it: it has been sent. */
  clear: () => void;
  /** The composer has the focus. */
  begin: () => void;
};

export function useDraft(): Draft {
  const [text, setText] = useState(() => kept().draft ?? "");
  const latest = useRef(text);
  const begun = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const set = useCallback((next: string) => {
    latest.current = next;
    setText(next);
    keep({ draft: next });
    clearTimeout(timer.current);
  }, []);
  const change = useCallback(
    (next: string) => {
      set(next);
      timer.current = setTimeout(() => post({ type: "draft", text: latest.current }), QUIET_MS);
    },
    [set],
  );
  const clear = useCallback(() => set(""), [set]);
  const begin = useCallback(() => {
    if (begun.current) return;
    begun.current = true;
    post({ type: "draft", text: latest.current });
  }, []);
  return { text, change, clear, begin };
}
