/** Colours code blocks in the background, a few ms at a time, so that no block holds up the page. */
import type { Language } from "./languages.ts";
import type { Paint } from "./shiki.ts";
import { codeTheme, isLight, onThemeChange } from "./theme.ts";

/** How long one slice may take, ms. */
const SLICE_MS = 6;

export type Colorable = {
  readonly language: Language;
  /** Colours until the deadline, ms as in `performance.now()`. Returns whether all lines have their colours. */
  color(paint: Paint, deadline: number): boolean;
  /** Marks the colours as outdated. */
  fade(): void;
};

const waiting = new Set<Colorable>();
/** The painters of the current theme. */
const painters = new Map<Language, Paint>();
const loading = new Set<Language>();
let generation = 0;
let scheduled = false;

/** Colours the block at once if it takes less than a slice, otherwise in the background. */
export function scheduleColoring(block: Colorable): void {
  const paint = painters.get(block.language);
  if (paint && waiting.size === 0 && block.color(paint, performance.now() + SLICE_MS)) return;
  waiting.add(block);
  if (paint) schedule();
  else load(block.language);
}

/** @param blocks returns all blocks on the page. */
export function recolorOnThemeChange(blocks: () => Colorable[]): void {
  onThemeChange(() => {
    generation++;
    painters.clear();
    loading.clear();
    for (const block of blocks()) {
      block.fade();
      scheduleColoring(block);
    }
  });
}

async function load(language: Language): Promise<void> {
  if (loading.has(language)) return;
  loading.add(language);
  const mine = generation;
  try {
    const { painter } = await import("./shiki.ts");
    const paint = await painter(language, codeTheme(), isLight());
    if (mine !== generation) return;
    painters.set(language, paint);
    schedule();
  } catch {
    // Code whose grammar does not load stays without colours.
    for (const block of waiting) if (block.language === language) waiting.delete(block);
  } finally {
    if (mine === generation) loading.delete(language);
  }
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(work);
}

function work(): void {
  scheduled = false;
  const deadline = performance.now() + SLICE_MS;
  for (const block of waiting) {
    const paint = painters.get(block.language);
    if (!paint) continue;
    if (!block.color(paint, deadline)) break;
    waiting.delete(block);
  }
  // Blocks in a language that is still loading are scheduled when it has loaded.
  if (performance.now() > deadline) schedule();
}
