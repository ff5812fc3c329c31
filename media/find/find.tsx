/** Find in the conversation, with the editor's keys: Enter for the next match, Shift+Enter for the previous, Escape. */
import { t } from "@vscode/l10n";
import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { CodeBlock } from "../highlight/codeBlock.ts";
import { onMessage } from "../host/host.ts";
import { count } from "../page/format.ts";
import { IconButton } from "../page/icon.tsx";
import { findText } from "./findText.ts";

/** How long the page must not change before it is searched again, ms. */
const REST_MS = 150;

/** `onShow`: called before the page scrolls to a match. */
type Props = { scope: RefObject<HTMLElement | null>; onShow: () => void; onClose: () => void };

export function Find({ scope, onShow, onClose }: Props) {
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Range[]>([]);
  const [current, setCurrent] = useState(0);
  const input = useRef<HTMLInputElement>(null);

  useEffect(
    () =>
      onMessage((message) => {
        if (message.type !== "go" || message.to !== "find") return;
        const selected = getSelection()?.toString() ?? "";
        if (selected.trim() !== "" && !selected.includes("\n")) setQuery(selected);
        setOpen(true);
        requestAnimationFrame(() => input.current?.select());
      }),
    [],
  );

  const reveal = (range: Range) => {
    onShow();
    show(range);
  };
  const search = useCallback(() => {
    const ranges = open && scope.current ? findText(scope.current, query) : [];
    setFound(ranges);
    return ranges;
  }, [open, query]);
  useEffect(() => {
    const ranges = search();
    const top = scope.current?.getBoundingClientRect().top ?? 0;
    // Folded text has no position.
    const first = ranges.findIndex((range) => {
      const place = range.getBoundingClientRect();
      return place.height > 0 && place.top >= top;
    });
    setCurrent(Math.max(0, first));
    if (ranges.length > 0) reveal(ranges[Math.max(0, first)]!);
  }, [search]);
  useEffect(() => {
    if (!open || !scope.current) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changes = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(search, REST_MS);
    });
    changes.observe(scope.current, { childList: true, characterData: true, subtree: true });
    return () => {
      clearTimeout(timer);
      changes.disconnect();
    };
  }, [open, search]);
  useEffect(() => {
    CSS.highlights.set("found", new Highlight(...found));
    CSS.highlights.set("found-now", new Highlight(...found.slice(current, current + 1)));
  }, [found, current]);

  if (!open) return null;
  const go = (step: number) => {
    // Colouring code replaces its nodes, so earlier ranges may be stale.
    const ranges = search();
    if (ranges.length === 0) return;
    const next = (current + step + ranges.length) % ranges.length;
    setCurrent(next);
    reveal(ranges[next]!);
  };
  const close = () => {
    setOpen(false);
    onClose();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const place =
    found.length > 0
      ? t("{0} of {1}", count(Math.min(current, found.length - 1) + 1), count(found.length))
      : t("No results");
  return (
    <search class="find" onKeyDown={pressed}>
      <input
        ref={input}
        type="text"
        aria-label={t("Find in Chat")}
        placeholder={t("Find")}
        value={query}
        onInput={({ currentTarget }) => setQuery(currentTarget.value)}
      />
      <span class="faint" role="status">
        {query && place}
      </span>
      <IconButton icon="arrow-up" label={t("Previous Match")} onClick={() => go(-1)} />
      <IconButton icon="arrow-down" label={t("Next Match")} onClick={() => go(1)} />
      <IconButton icon="close" label={t("Close")} onClick={close} />
    </search>
  );
}

/** Scrolls to a match, and unfolds it first if it is folded. */
function show({ startContainer }: Range): void {
  const element = startContainer.parentElement;
  const block = element?.closest(".code");
  if (block) CodeBlock.of(block)?.unfold();
  for (let details = element?.closest("details"); details; details = details.parentElement?.closest("details"))
    details.open = true;
  element?.scrollIntoView({ block: "center", inline: "nearest" });
}
