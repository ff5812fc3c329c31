/** Scrolls with a growing reply until the user scrolls up. */
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import { savedState, saveState } from "../host/host.ts";

/** Within this distance the page counts as scrolled to the end, px. */
const NEAR = 24;

/** @param conversation its id. Another conversation is shown from its end. */
export function useFollowing(conversation: string | undefined) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  /** The last known scroll position, px. */
  const last = useRef(0);
  const shown = useRef(conversation);
  shown.current = conversation;
  const [away, setAway] = useState(false);

  const toEnd = useCallback(() => {
    follows.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    setAway(false);
  }, []);

  const scrolled = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    // Growing content also moves the end away. So only scrolling up stops following.
    if (atEnd) follows.current = true;
    else if (box.scrollTop < last.current) follows.current = false;
    last.current = box.scrollTop;
    setAway(!follows.current);
    saveState({ conversation: shown.current, scroll: follows.current ? undefined : box.scrollTop });
  }, []);

  /** Stops following before the page scrolls elsewhere: content can grow before the scroll event comes. */
  const stay = useCallback(() => {
    follows.current = false;
    requestAnimationFrame(scrolled);
  }, []);

  useLayoutEffect(() => {
    const { conversation: known, scroll } = savedState();
    if (conversation === undefined || known !== conversation || scroll === undefined) return toEnd();
    follows.current = false;
    scroller.current?.scrollTo({ top: scroll });
  }, [conversation, toEnd]);

  useLayoutEffect(() => {
    const [box, inner] = [scroller.current, content.current];
    if (!box || !inner) return;
    last.current = box.scrollTop;
    const grown = new ResizeObserver(() => {
      if (follows.current) box.scrollTop = box.scrollHeight;
      last.current = box.scrollTop;
    });
    grown.observe(inner);
    grown.observe(box);
    box.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      grown.disconnect();
      box.removeEventListener("scroll", scrolled);
    };
  }, []);

  return { scroller, content, away, toEnd, stay };
}
