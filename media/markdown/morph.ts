/**
 * Makes what is shown equal to what was rendered anew, touching only what differs: a selection in the text before stays,
 * and code that is already coloured is not coloured again.
 */
import { CodeBlock } from "../highlight/codeBlock.ts";

/** Replaces all children of a parent behind one of them (`null`: all). */
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

/** @returns false when the node has to be replaced. */
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
  if (shown.tagName !== node.tagName || isCode(node)) return false;
  patchAttributes(shown, node);
  morph(shown, null, [...node.childNodes]);
  return true;
}

function patchAttributes(shown: Element, node: Element): void {
  for (const { name } of [...shown.attributes]) if (!node.hasAttribute(name)) shown.removeAttribute(name);
  for (const { name, value } of node.attributes)
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
}

const isCode = (node: ChildNode): node is HTMLPreElement => node instanceof HTMLPreElement;

/** With code blocks in the place of bare code. */
function made(node: ChildNode): ChildNode {
  if (isCode(node)) return CodeBlock.from(node).element;
  if (node instanceof Element && !CodeBlock.of(node))
    for (const pre of node.querySelectorAll("pre")) pre.replaceWith(CodeBlock.from(pre).element);
  return node;
}
