/** The files that match what is typed after `@`. */
import { t } from "@vscode/l10n";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../page/icon.tsx";
import { type MentionList, optionId } from "./mention.ts";

export function FileMatches({ files = [], outdated, selected, list, choose }: MentionList) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [selected]);
  return (
    <div
      ref={box}
      class={outdated ? "files outdated" : "files"}
      id={list}
      role="listbox"
      aria-busy={outdated}
      aria-label={t("Files")}
    >
      {files.map((file, index) => (
        // The text area handles the keys, so it keeps the focus.
        <div
          key={file.uri}
          id={optionId(index)}
          class="file"
          role="option"
          tabIndex={-1}
          aria-selected={index === selected}
          title={file.folder ? `${file.folder}/${file.name}` : file.name}
          onPointerDown={(event) => {
            event.preventDefault();
            choose(file);
          }}
        >
          <Icon name="file" />
          <span class="file-name">{file.name}</span>
          <span class="file-folder">{file.folder}</span>
        </div>
      ))}
      {files.length === 0 && (
        <div class="none" id={optionId(0)} role="option" tabIndex={-1} aria-selected={false} aria-disabled="true">
          {t("No file matches")}
        </div>
      )}
    </div>
  );
}
