/** The conversation follows its end while a reply grows, until the user scrolls up. */
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import { keep, kept } from "../host.ts";

/** px from the end at which it still counts as the end. */
const NEAR = 24;

/** @param conversation its id: another one is shown from its end. */
export function useFollowing(conversation: string | undefined) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = useCallback(() => {
    follows.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    setAway(false);
  }, []);

  useLayoutEffect(() => {
    const { conversation: known, scroll } = kept();
    if (conversation === undefined || known !== conversation || scroll === undefined) return toEnd();
    follows.current = false;
    scroller.current?.scrollTo({ top: scroll });
  }, [conversation, toEnd]);

  useLayoutEffect(() => {
    const [box, inner] = [scroller.current, content.current];
    if (!box || !inner) return;
    let last = box.scrollTop;
    const scrolled = () => {
      const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      // Growing content moves the end away without anybody scrolling: only a way up leaves it.
      if (atEnd) follows.current = true;
      else if (box.scrollTop < last) follows.current = false;
      last = box.scrollTop;
      setAway(!follows.current);
      keep({ conversation, scroll: follows.current ? undefined : box.scrollTop });
    };
    const grown = new ResizeObserver(() => {
      if (follows.current) box.scrollTop = box.scrollHeight;
      last = box.scrollTop;
    });
    grown.observe(inner);
    grown.observe(box);
    box.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      grown.disconnect();
      box.removeEventListener("scroll", scrolled);
    };
  }, [conversation]);

  return { scroller, content, away, toEnd };
}
