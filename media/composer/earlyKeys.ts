/** A keyboard command moves the focus into the composer. Text typed before it arrives must end up there. */
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Draft } from "./draft.ts";
import { listenForStrayKeys } from "./strayKeys.ts";

export function useEarlyKeys(area: RefObject<HTMLTextAreaElement | null>, draft: Draft, send: () => void) {
  /** Where the cursor was when the focus arrived, and whether keys came before it. */
  const came = useRef({ at: 0, early: false });
  const earlyKeys = useMemo(() => {
    const write = (text: string, at: number, end: number, cursor: [number, number]) => {
      const element = area.current!;
      const next = element.value.slice(0, at) + text + element.value.slice(end);
      element.value = next;
      element.setSelectionRange(...cursor);
      draft.change(next);
    };
    const early = () => {
      const { selectionStart } = area.current!;
      if (!came.current.early) came.current = { at: selectionStart, early: true };
      return area.current!;
    };
    const enter = () => void setTimeout(send);
    return {
      /** The focus has arrived. */
      focused: () => {
        came.current = came.current.early
          ? { ...came.current, early: false }
          : { at: area.current!.selectionStart, early: false };
      },
      /** Takes text that was typed earlier into another input. `isSent`: Enter was pressed, too. */
      typed: (text: string, isSent: boolean) => {
        const { selectionStart, selectionEnd } = area.current!;
        const at = Math.min(came.current.at, selectionStart);
        write(text, at, at, [selectionStart + text.length, selectionEnd + text.length]);
        if (isSent) enter();
      },
      /** A key that came before the focus. */
      letter: (letter: string) => {
        const { selectionStart, selectionEnd } = early();
        write(letter, selectionStart, selectionEnd, [selectionStart + 1, selectionStart + 1]);
      },
      backspace: () => {
        const { selectionStart, selectionEnd } = early();
        const from = selectionStart === selectionEnd ? Math.max(0, selectionStart - 1) : selectionStart;
        write("", from, selectionEnd, [from, from]);
      },
      enter,
    };
  }, [draft.change]);
  useEffect(() => {
    const focus = () => {
      if (document.activeElement === document.body) area.current?.focus();
    };
    window.addEventListener("focus", focus);
    const end = listenForStrayKeys(earlyKeys);
    return () => {
      window.removeEventListener("focus", focus);
      end();
    };
  }, [earlyKeys]);
  return earlyKeys;
}
