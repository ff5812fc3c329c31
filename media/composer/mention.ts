/** The list of files that `@` opens: its state, its keys, and the matches from the host. */
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { onMessage, post } from "../host/host.ts";
import type { FileMatch } from "../messages.ts";
import type { Draft } from "./draft.ts";
import { type Mention, mentionAt, withoutMention } from "./mentionQuery.ts";

export type MentionList = {
  /** Undefined while the list is closed, or the host has not answered. */
  files: FileMatch[] | undefined;
  /** The matches belong to an earlier text and cannot be chosen. */
  outdated: boolean;
  selected: number;
  /** The id of the list's element. */
  list: string;
  choose: (file: FileMatch) => void;
};

const LIST = "files";
/** The id of an option's element, for `aria-activedescendant`. */
export const optionId = (index: number) => `file-${index}`;

/** The latest search: its mention and its number. */
type Search = { mention: Mention; request: number };

/** The state of the list. `pressed` returns whether it has used the key. */
export function useMention(area: RefObject<HTMLTextAreaElement | null>, draft: Draft) {
  const [search, setSearch] = useState<Search>();
  const [found, setFound] = useState<{ request: number; files: FileMatch[] }>();
  const [selected, select] = useState(0);
  /** Each page starts from its own number, because all pages receive every answer. */
  const requests = useRef(Math.floor(Math.random() * 2 ** 40));
  /** As `search`, for keys that come before the page is drawn again. */
  const latest = useRef<Search | undefined>(undefined);
  const answered = useRef(0);
  /** Enter was pressed before the matches came. Typing continues after the mention. */
  const taken = useRef(false);
  /** The start of the mention whose list was closed by Escape. It stays closed. */
  const dismissed = useRef<number | undefined>(undefined);

  const ask = useCallback((mention: Mention | undefined) => {
    taken.current = false;
    latest.current = mention && { mention, request: ++requests.current };
    setSearch(latest.current);
    if (mention) post({ type: "searchFiles", request: requests.current, query: mention.query });
    else setFound(undefined);
  }, []);
  const close = useCallback(() => ask(undefined), [ask]);

  /** Starts or ends a search for the text and the cursor as they are now. */
  const look = useCallback(() => {
    const { value, selectionStart, selectionEnd } = area.current!;
    const last = latest.current?.mention;
    // A mention that changes after Enter is searched again, and Enter no longer counts.
    if (taken.current && last && value.slice(last.start, last.end) === `@${last.query}`) return;
    const next = selectionStart === selectionEnd ? mentionAt(value, selectionStart) : undefined;
    if (!next) dismissed.current = undefined;
    if (!next || next.start === dismissed.current) return last && close();
    if (last?.query !== next.query || last.start !== next.start) ask(next);
  }, [ask, close]);

  const choose = useCallback(({ uri }: FileMatch) => {
    const { mention, request } = latest.current ?? {};
    if (!mention || !area.current || request !== answered.current) return;
    const { value, selectionStart } = area.current;
    const rest = withoutMention(value, mention);
    // The cursor stays after the text that was typed meanwhile.
    const cursor = Math.max(mention.start, selectionStart - (value.length - rest.length));
    draft.change(rest);
    post({ type: "attachFiles", uris: [uri] });
    close();
    area.current.focus();
    requestAnimationFrame(() => area.current?.setSelectionRange(cursor, cursor));
  }, []);

  useEffect(look, [draft.text]);
  useEffect(
    () =>
      onMessage((message) => {
        if (message.type !== "files" || !latest.current) return;
        // The text may have changed since the page was drawn.
        look();
        if (message.request !== latest.current?.request) return;
        const [first] = message.files;
        answered.current = message.request;
        if (taken.current && first) return choose(first);
        taken.current = false;
        setFound(message);
        select(0);
      }),
    [],
  );

  const files = search && found?.files;
  const outdated = found?.request !== search?.request;
  const pressed = (event: KeyboardEvent): boolean => {
    look();
    const { mention, request } = latest.current ?? {};
    if (!mention) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const takes = (event.key === "Enter" || event.key === "Tab") && !event.shiftKey;
    if (event.key === "Escape") {
      dismissed.current = mention.start;
      close();
    } else if (takes && request !== answered.current) taken.current = true;
    else if (!files || outdated || files.length === 0) return false;
    else if (step) select((selected + step + files.length) % files.length);
    else if (takes) choose(files[selected]!);
    else return false;
    event.preventDefault();
    return true;
  };

  const active = files && optionId(selected);
  useLayoutEffect(() => setComboBox(area.current!, active), [files === undefined, active]);
  return { files, outdated, selected, list: LIST, choose, pressed, look, close };
}

/** While the list is open, the text area is a combo box for screen readers. */
function setComboBox(area: HTMLTextAreaElement, active: string | undefined): void {
  const attributes = {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "true",
    "aria-controls": LIST,
    "aria-activedescendant": active ?? "",
  };
  for (const [name, value] of Object.entries(attributes))
    if (active === undefined) area.removeAttribute(name);
    else area.setAttribute(name, value);
}
