/** The list of files that `@` opens: its state, its keys, what the host finds. */
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { onMessage, post } from "../host.ts";
import type { FileMatch } from "../messages.ts";
import type { Draft } from "./draft.ts";
import { type Mention, mentionAt, withoutMention } from "./mentionQuery.ts";

export type MentionList = {
  /** Undefined while the list is closed, or the host has not answered. */
  files: FileMatch[] | undefined;
  selected: number;
  /** Ids of elements. */
  list: string;
  choose: (file: FileMatch) => void;
};

const LIST = "files";
export const optionId = (index: number) => `file-${index}`;

export function useMention(area: RefObject<HTMLTextAreaElement | null>, draft: Draft) {
  const [mention, setMention] = useState<Mention>();
  const [found, setFound] = useState<FileMatch[]>();
  const [selected, select] = useState(0);
  const request = useRef(0);
  /** Where the list was closed by Escape: it stays closed there. */
  const dismissed = useRef<number | undefined>(undefined);

  const close = useCallback(() => {
    request.current++;
    setMention(undefined);
    setFound(undefined);
  }, []);

  const look = useCallback(() => {
    const { value, selectionStart, selectionEnd } = area.current!;
    const next = selectionStart === selectionEnd ? mentionAt(value, selectionStart) : undefined;
    if (!next) dismissed.current = undefined;
    if (!next || next.start === dismissed.current) return close();
    setMention((last) => {
      if (last?.query !== next.query || last.start !== next.start)
        post({ type: "searchFiles", request: ++request.current, query: next.query });
      return next;
    });
  }, []);

  useEffect(look, [draft.text]);
  useEffect(
    () =>
      onMessage((message) => {
        if (message.type !== "files" || message.request !== request.current) return;
        setFound(message.files);
        select(0);
      }),
    [],
  );

  const choose = (file: FileMatch) => {
    if (!mention || !area.current) return;
    draft.change(withoutMention(area.current.value, mention));
    post({ type: "attachFiles", uris: [file.uri] });
    close();
    const { start } = mention;
    area.current.focus();
    requestAnimationFrame(() => area.current?.setSelectionRange(start, start));
  };

  const files = mention && found;
  const pressed = (event: KeyboardEvent): boolean => {
    if (!files) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const file = files[selected];
    if (step && files.length > 0) select((selected + step + files.length) % files.length);
    else if (event.key === "Escape") {
      dismissed.current = mention.start;
      close();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && file) choose(file);
    else return false;
    event.preventDefault();
    return true;
  };

  const active = files && optionId(selected);
  useLayoutEffect(() => tellAssistants(area.current!, active), [files === undefined, active]);
  return { files, selected, list: LIST, choose, pressed, look, close };
}

/** While the list is open, the text area is a combo box: HTML's own types know it only as a text box. */
function tellAssistants(area: HTMLTextAreaElement, active: string | undefined): void {
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
