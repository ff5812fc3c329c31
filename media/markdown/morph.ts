/**
 * Makes the shown nodes equal to newly rendered ones, and touches only what differs. A selection in unchanged text
 * stays, and coloured code is not coloured again.
 */
import { CodeBlock } from "../highlight/codeBlock.ts";
import { Formula } from "../math/formula.ts";

/** Replaces the children of `parent` that come after the child `after`; all of them if it is `null`. */
export function morph(parent: Element, after: ChildNode | null, nodes: ChildNode[]): void {
  let shown = after ? after.nextSibling : parent.firstChild;
  for (const node of nodes) {
    const next: ChildNode | null = shown?.nextSibling ?? null;
    if (!shown) parent.append(made(node));
    else if (!patch(shown, node)) shown.replaceWith(made(node));
    shown = next;
  }
  while (shown) {
    const next: ChildNode | null = shown.nextSibling;
    shown.remove();
    shown = next;
  }
}

/** @returns false if the node has to be replaced. */
function patch(shown: ChildNode, node: ChildNode): boolean {
  if (shown === node) return true;
  if (shown instanceof Text && node instanceof Text) {
    if (node.data.startsWith(shown.data)) shown.appendData(node.data.slice(shown.data.length));
    else shown.data = node.data;
    return true;
  }
  if (!(shown instanceof Element) || !(node instanceof Element)) return false;
  if (CodeBlock.of(node)) return false;
  const block = CodeBlock.of(shown);
  if (block) return isCode(node) && block.takeOver(node);
  if (Formula.of(shown)) return isFormula(node) && Formula.from(shown as HTMLElement).takeOver(node);
  if (shown.tagName !== node.tagName || isCode(node) || isFormula(node)) return false;
  patchAttributes(shown, node);
  morph(shown, null, [...node.childNodes]);
  return true;
}

function patchAttributes(shown: Element, node: Element): void {
  // Only the reader opens and closes `<details>`.
  const kept = (name: string) => node.hasAttribute(name) || (name === "open" && shown instanceof HTMLDetailsElement);
  for (const { name } of [...shown.attributes]) if (!kept(name)) shown.removeAttribute(name);
  for (const { name, value } of node.attributes)
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
}

const isCode = (node: ChildNode): node is HTMLPreElement => node instanceof HTMLPreElement;

const isFormula = (node: ChildNode): node is HTMLElement => node instanceof HTMLElement && node.matches(".math");

/** Replaces bare code by code blocks, and the sources of formulas by formulas. */
function made(node: ChildNode): ChildNode {
  if (isCode(node)) return CodeBlock.from(node).element;
  if (!(node instanceof Element) || CodeBlock.of(node)) return node;
  if (isFormula(node)) Formula.from(node);
  for (const formula of node.querySelectorAll<HTMLElement>(".math")) Formula.from(formula);
  for (const pre of node.querySelectorAll("pre")) pre.replaceWith(CodeBlock.from(pre).element);
  return node;
}
