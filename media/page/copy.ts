/** Copies the conversation as text, with formulas as TeX, and without buttons and their labels. */
import { Formula } from "../math/formula.ts";

/** Parts of the page that do not belong to the conversation's text. */
const CONTROLS = "button:not(.step-toggle), [role=menu], .code-head, .sideways, .visually-hidden, .footer";

/** @returns a function that removes the listener. */
export function copyAsWritten(root: HTMLElement): () => void {
  const copied = (event: ClipboardEvent) => {
    const selection = document.getSelection();
    // The browser itself copies the text of a field.
    if (!selection || selection.isCollapsed || event.target instanceof HTMLTextAreaElement || !event.clipboardData)
      return;
    const range = wholeFormulas(selection.getRangeAt(0));
    if (!root.contains(range.commonAncestorContainer)) return;
    const { text, html } = written(range, root);
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", html);
    event.preventDefault();
  };
  document.addEventListener("copy", copied);
  return () => document.removeEventListener("copy", copied);
}

/** A formula is copied only whole. */
function wholeFormulas(selected: Range): Range {
  const range = selected.cloneRange();
  const [start, end] = [formulaAround(range.startContainer), formulaAround(range.endContainer)];
  if (start) range.setStartBefore(start);
  if (end) range.setEndAfter(end);
  return range;
}

const formulaAround = (node: Node) => (node instanceof Element ? node : node.parentElement)?.closest(".math");

function written(range: Range, root: HTMLElement): { text: string; html: string } {
  const sources = [...root.querySelectorAll(".math")].filter((formula) => range.intersectsNode(formula));
  const around = range.commonAncestorContainer;
  const outer = around instanceof Element ? around : around.parentElement!;
  // A part of a line of code keeps its layout.
  const copy = outer.closest("pre, .question-text") ? document.createElement("pre") : document.createElement("div");
  copy.append(range.cloneContents());
  copy.querySelectorAll(".math").forEach((formula, index) => {
    formula.replaceWith(Formula.of(sources[index]!)?.source ?? formula.textContent);
  });
  for (const control of copy.querySelectorAll(CONTROLS)) control.remove();
  // A selection can span folded text.
  for (const block of copy.querySelectorAll(".folded")) block.classList.remove("folded", "long");
  for (const details of copy.querySelectorAll("details")) details.open = true;
  copy.classList.add("copied");
  root.append(copy);
  // biome-ignore lint/performance/useDomNodeTextContent: only what is laid out has lines.
  const text = copy.innerText;
  copy.remove();
  return { text, html: copy.innerHTML };
}
