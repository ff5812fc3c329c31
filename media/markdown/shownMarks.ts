/** Draws the marks of tasks (`[x]`) and of notes (`[!NOTE]`). */
import { t } from "@vscode/l10n";

type Alert = "note" | "tip" | "important" | "warning" | "caution";
const ICONS: Record<Alert, string> = {
  note: "info",
  tip: "lightbulb",
  important: "report",
  warning: "warning",
  caution: "stop",
};
const titles = (): Record<Alert, string> => ({
  note: t("Note"),
  tip: t("Tip"),
  important: t("Important"),
  warning: t("Warning"),
  caution: t("Caution"),
});

/** Adds a box to each task, and a title to each note. */
export function showMarks(fragment: ParentNode): void {
  for (const item of fragment.querySelectorAll("li.task")) {
    const done = item.classList.contains("done");
    const box = element("span", `box${done ? " codicon codicon-check" : ""}`);
    box.role = "img";
    box.ariaLabel = done ? t("Done") : t("To do");
    item.querySelector("p")?.prepend(box);
  }
  for (const quote of fragment.querySelectorAll("blockquote.alert")) {
    const kind = quote.classList[1] as Alert;
    const title = element("p", "alert-title");
    title.append(element("span", `codicon codicon-${ICONS[kind]}`), titles()[kind]);
    const first = quote.querySelector("p");
    if (first?.childNodes.length === 0) first.remove();
    quote.prepend(title);
  }
}

function element(tag: string, className: string): HTMLElement {
  return Object.assign(document.createElement(tag), { className });
}
