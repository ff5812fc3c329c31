/** Attaches files that are dropped anywhere on the page. */
import { t } from "@vscode/l10n";
import { useEffect, useState } from "preact/hooks";
import { post } from "../host/host.ts";
import { Icon } from "../page/icon.tsx";
import { DROP_TYPES, droppedUris } from "./droppedUris.ts";

export function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const dragged = (event: DragEvent) => {
      if (!typeOf(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent) => {
      // The pointer leaves the page, not one element for another.
      if (event.relatedTarget === null) setOver(false);
    };
    const dropped = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const type = typeOf(event);
      const uris = type ? droppedUris(event.dataTransfer?.getData(type) ?? "") : [];
      if (uris.length > 0) post({ type: "attachFiles", uris });
    };
    document.addEventListener("dragover", dragged);
    document.addEventListener("dragleave", left);
    document.addEventListener("drop", dropped);
    return () => {
      document.removeEventListener("dragover", dragged);
      document.removeEventListener("dragleave", left);
      document.removeEventListener("drop", dropped);
    };
  }, []);
  if (!over) return null;
  return (
    <div class="drop-hint">
      <Icon name="attach" />
      {t("Drop to attach")}
    </div>
  );
}

const typeOf = ({ dataTransfer }: DragEvent) => DROP_TYPES.find((type) => dataTransfer?.types.includes(type));
