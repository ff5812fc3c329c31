/** Lays out context items as blocks of text, each cut to its share of a token budget. */
import type { ContextItem } from "../../protocol.ts";
import { type Source, sourceOf } from "./contextSources.ts";
import { cut } from "./cut.ts";
import type { Documents } from "./documents.ts";

/** The number of tokens of each text. */
export type CountTokens = (texts: string[]) => Promise<number[]>;

/**
 * The result for an item. If there is nothing to show, or no room, `text` is undefined and `tokens` is 0. `tokens`:
 * with the blank line after the block. `cut`: whether the item was shortened or left out for lack of room.
 */
export type ContextBlock = { text?: string; tokens: number; cut: boolean };

const NOTHING: ContextBlock = { tokens: 0, cut: false };
const LEFT_OUT: ContextBlock = { tokens: 0, cut: true };

/** `tokens`: of the whole block. `shortest`: of the block with only the marker in it. */
type Measured = Source & { tokens: number; shortest: number };

/** Maximum characters per token: a text longer than the budget times this cannot fit, so it is not counted whole. */
const MAX_CHARS_PER_TOKEN = 12;
/** Maximum number of attempts to find a cut. Each one counts tokens once. */
const ROUNDS = 4;
/** A cut that uses this much of its share is good enough. */
const WELL_USED = 0.9;
/** Guesses stay below the last count's estimate by this factor: tokens are not spread evenly. */
const CAUTION = 0.98;

/**
 * A block for each item, in their order, with at most `budget` tokens together, including the blank lines after them.
 * Items that need less than an equal share leave the rest to the others. Items without room even for a marker are left
 * out. The result depends only on the items and the budget, so text that was read ahead stays valid whatever the
 * question. Calls `countTokens` at most five times. Throws EngineError unreadable.
 */
export async function layOutContext(
  items: readonly ContextItem[],
  deps: { documents: Documents },
  budget: number,
  countTokens: CountTokens,
): Promise<ContextBlock[]> {
  const found = await Promise.all(items.map((item) => sourceOf(item, deps.documents)));
  const sources = found.filter((source) => source !== undefined);
  const blocks = await layOutSources(sources, budget, countTokens);
  return found.map((source) => (source ? blocks[sources.indexOf(source)]! : NOTHING));
}

/** Like layOutContext, for sources that are already loaded. */
export async function layOutSources(
  sources: Source[],
  budget: number,
  countTokens: CountTokens,
): Promise<ContextBlock[]> {
  if (sources.length === 0) return [];
  const count: CountTokens = (blocks) => countTokens(blocks.map((block) => `${block}\n\n`));
  const measured = await measure(sources, budget, count);
  const shares = shareOut(measured, budget);
  const cuts = await shorten(measured, shares, count);
  return measured.map((source, i): ContextBlock => {
    const { body, wrap, tokens } = source;
    return tokens <= shares[i]! ? { text: wrap(body), tokens, cut: false } : (cuts.get(source) ?? LEFT_OUT);
  });
}

async function measure(sources: Source[], budget: number, count: CountTokens): Promise<Measured[]> {
  const countable = budget * MAX_CHARS_PER_TOKEN;
  const counts = await count([
    ...sources.map(({ body, wrap }) => wrap(body.slice(0, countable))),
    ...sources.map(({ body, keep, wrap }) => wrap(cut(body, 0, keep))),
  ]);
  return sources.map((source, i) => {
    const { length } = source.body;
    const tokens = length <= countable ? counts[i]! : Math.max(budget + 1, counts[i]! * (length / countable));
    return { ...source, tokens, shortest: counts[sources.length + i]! };
  });
}

/** Smallest first: each takes an equal part of the rest, or less if it needs less. */
function shareOut(measured: Measured[], budget: number): number[] {
  const shares: number[] = [];
  let remaining = budget;
  const bySize = measured.map(({ tokens }, i) => ({ tokens, i })).sort((a, b) => a.tokens - b.tokens);
  for (const [rank, { tokens, i }] of bySize.entries()) {
    shares[i] = Math.min(tokens, Math.floor(remaining / (bySize.length - rank)));
    remaining -= shares[i];
  }
  return shares;
}

/** The search for how many characters of a text fit. `fits` always fits. */
type Search = { source: Measured; share: number; fits: ContextBlock; low: number; high: number; guess: number };

async function shorten(measured: Measured[], shares: number[], count: CountTokens): Promise<Map<Source, ContextBlock>> {
  const searches = measured.flatMap((source, i): Search[] => {
    const { body, keep, wrap, tokens, shortest } = source;
    const share = shares[i]!;
    if (tokens <= share || shortest > share) return [];
    const guess = Math.floor(body.length * ((share - shortest) / (tokens - shortest)) * CAUTION);
    const fits = { text: wrap(cut(body, 0, keep)), tokens: shortest, cut: true };
    return [{ source, share, fits, low: 0, high: body.length, guess }];
  });
  let open = searches;
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    const blocks = open.map(({ source, guess }) => source.wrap(cut(source.body, guess, source.keep)));
    const counts = await count(blocks);
    open = open.filter((search, i) => narrow(search, blocks[i]!, counts[i]!));
  }
  return new Map(searches.map(({ source, fits }) => [source, fits]));
}

/** Uses a count to narrow the search. Returns false when the result cannot improve. */
function narrow(search: Search, text: string, tokens: number): boolean {
  const { source, share, guess } = search;
  if (tokens <= share) Object.assign(search, { fits: { text, tokens, cut: true }, low: guess });
  else search.high = guess;
  const room = (share - source.shortest) / Math.max(1, tokens - source.shortest);
  const next = Math.floor(guess * room * CAUTION);
  search.guess = next > search.low && next < search.high ? next : Math.floor((search.low + search.high) / 2);
  return (tokens > share || tokens < share * WELL_USED) && search.guess > search.low;
}
