/** The draft: kept over a reload, and sent to the host, which reads it ahead while the user types. */
import { useCallback, useRef, useState } from "preact/hooks";
import { post, savedState, saveState } from "../host/host.ts";

/** Time without a change before the host is sent the draft, ms. */
const QUIET_MS = 250;

export type Draft = {
  text: string;
  change: (text: string) => void;
  /** Empties the draft, because it has been sent. */
  clear: () => void;
  /** The composer has got the focus. The first time, the host is sent the draft. */
  begin: () => void;
};

export function useDraft(): Draft {
  const [text, setText] = useState(() => savedState().draft ?? "");
  const latest = useRef(text);
  const begun = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const set = useCallback((next: string) => {
    latest.current = next;
    setText(next);
    saveState({ draft: next });
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
