/** Finds a text on the page. */

/** Not searched: controls, names of languages, and formulas, whose letters are drawn twice. */
const SKIPPED = "button:not(.step-toggle), [role=menu], .code-head, .math, .footer, .visually-hidden, .note-label";
const BLOCKS =
  "p, li, td, th, h1, h2, h3, h4, h5, h6, summary, pre, .question-text, .thought-text, .step-toggle, .detail-text, .chip";
/** Maximum number of matches. */
const MOST = 1000;

/** Ignores case. A match can span elements, but not blocks. */
export function findText(root: Element, query: string): Range[] {
  if (query === "") return [];
  const { text, nodes } = textOf(root);
  const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"), "giu");
  const found: Range[] = [];
  for (const { index, 0: match } of text.matchAll(pattern)) {
    const range = document.createRange();
    const [start, end] = [at(nodes, index), at(nodes, index + match.length - 1)];
    range.setStart(start.node, index - start.from);
    range.setEnd(end.node, index + match.length - end.from);
    found.push(range);
    if (found.length === MOST) break;
  }
  return found;
}

type Placed = { node: Text; from: number };

function textOf(root: Element): { text: string; nodes: Placed[] } {
  const nodes: Placed[] = [];
  let text = "";
  let block: Element | null | undefined;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    const parent = node.parentElement;
    if (node.data === "" || parent?.closest(SKIPPED)) continue;
    const own = parent?.closest(BLOCKS);
    // Separates blocks by a character that is in no query.
    if (own !== block) text += "\0";
    block = own;
    nodes.push({ node, from: text.length });
    text += node.data;
  }
  return { text, nodes };
}

/** The text node that contains the character at `index`. */
function at(nodes: Placed[], index: number): Placed {
  let [low, high] = [0, nodes.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (nodes[middle]!.from <= index) low = middle;
    else high = middle - 1;
  }
  return nodes[low]!;
}
