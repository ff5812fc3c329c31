/** Runs in the browser: compares texts that are streamed in random cuts with the same texts rendered at once. */
import { CodeBlock } from "../../../media/highlight/codeBlock.ts";
import { elementsOf, parse } from "../../../media/markdown/fragment.ts";
import { morph } from "../../../media/markdown/morph.ts";
import { Stream } from "../../../media/markdown/stream.ts";
import { LINES } from "../corpus.ts";

export type Difference = { text: string; cuts: number[]; streamed: string; whole: string };

const NAMES = ["code", "answer"];

/** Renders without streaming: one parse, one pass. */
function rendered(text: string): string {
  const root = document.createElement("div");
  morph(root, null, elementsOf(parse(text.replace(/\r\n?/g, "\n")), new Set(NAMES)));
  for (const block of CodeBlock.within(root)) block.complete();
  return uncolored(root);
}

function streamed(text: string, cuts: number[]): string {
  const root = document.createElement("div");
  const stream = new Stream(root);
  stream.setNames(NAMES);
  for (const cut of cuts) stream.update(text.slice(0, cut), false);
  stream.update(text, true);
  return uncolored(root);
}

/** The HTML without colours, which come later and are the same for the same lines. */
function uncolored(root: HTMLElement): string {
  for (const line of root.querySelectorAll(".line")) line.textContent = String(line.textContent);
  // Nothing typesets formulas here.
  for (const formula of root.querySelectorAll(".math")) formula.classList.remove("waiting");
  // Blocks are in groups, which are invisible.
  for (const group of root.querySelectorAll(".blocks")) group.replaceWith(...group.childNodes);
  return root.innerHTML;
}

/** Random numbers, the same for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** @returns the first difference, and how many texts were compared. */
function compare(seeds: number, first = 1): { compared: number; difference?: Difference } {
  for (let seed = first; seed < first + seeds; seed++) {
    const below = generator(seed);
    const lines = Array.from({ length: 1 + below(14) }, () => LINES[below(LINES.length)]!);
    const text = lines.join(below(10) === 0 ? "\r\n" : "\n") + (below(2) === 0 ? "\n" : "");
    const everywhere = below(4) === 0;
    const cuts = everywhere
      ? Array.from(text, (_, at) => at)
      : Array.from({ length: below(12) }, () => below(text.length + 1)).sort((a, b) => a - b);
    const [incremental, whole] = [streamed(text, cuts), rendered(text)];
    if (incremental !== whole) return { compared: seed, difference: { text, cuts, streamed: incremental, whole } };
  }
  return { compared: seeds };
}

/** Whether finished elements stay the same objects. */
function keepsElements(text: string): boolean {
  const root = document.createElement("div");
  const stream = new Stream(root);
  const kept = new Map<number, Element>();
  for (let cut = 1; cut <= text.length; cut++) {
    stream.update(text.slice(0, cut), false);
    const finished = [...root.querySelectorAll(".blocks > *")].slice(0, -2);
    for (const [index, element] of finished.entries()) {
      if (kept.has(index) && kept.get(index) !== element) return false;
      kept.set(index, element);
    }
  }
  return kept.size > 0;
}

Object.assign(window, { streaming: { compare, keepsElements, rendered, streamed } });
