/** The answer's Markdown, as it grows. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Stream } from "../markdown/stream.ts";
import { followLinks } from "./links.ts";
import { Pace } from "./pace.ts";

type Props = { turn: string; text: string; links: string[]; final: boolean };

export function Answer({ turn, text, links, final }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ stream: Stream; pace: Pace }>(undefined);
  useLayoutEffect(() => {
    drawn.current ??= { stream: new Stream(root.current!), pace: new Pace() };
    drawn.current.stream.setNames(links);
  }, [links]);
  useLayoutEffect(() => {
    const { stream, pace } = drawn.current!;
    pace.run(() => stream.update(text, final), final);
  }, [text, final]);
  useEffect(() => {
    const ignore = followLinks(root.current!, turn);
    return () => {
      ignore();
      drawn.current?.pace.stop();
    };
  }, [turn]);
  return <div ref={root} class="answer" dir="auto" />;
}
