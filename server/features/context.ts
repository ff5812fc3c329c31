/** Context items as blocks of text, each cut to its share of a budget of tokens. */
import type { ContextItem } from "../protocol.ts";
import { type Source, sourceOf } from "./contextSources.ts";
import { cut } from "./cut.ts";
import type { Documents } from "./documents.ts";

/** How many tokens each text is. */
export type CountTokens = (texts: string[]) => Promise<number[]>;

/**
 * What became of an item. `text` is undefined, and `tokens` 0, where there is nothing to show, and where there is no room.
 * `tokens`: with the blank line behind it. `cut`: the item is shortened, or left out for want of room.
 */
export type Block = { text?: string; tokens: number; cut: boolean };

const NOTHING: Block = { tokens: 0, cut: false };
const LEFT_OUT: Block = { tokens: 0, cut: true };

/** `tokens`: of the whole block. `shortest`: of the block with nothing but the marker in it. */
type Measured = Source & { tokens: number; shortest: number };

/** Longer texts than the budget times this are not counted whole: they do not fit. */
const MOST_CHARS_PER_TOKEN = 12;
const ROUNDS = 4;
/** A cut that uses so much of its share is good enough. */
const WELL_USED = 0.9;
/** Guesses stay so far below what the last count suggests: tokens are not spread evenly. */
const CAUTION = 0.98;

/**
 * A block for each item, in the items' order, with no more tokens than `budget` together, the blank lines behind them
 * included. What needs less than an equal share leaves the rest to the others; what has not even room for a marker is
 * left out. It depends on the items and the budget alone, so what was read ahead stays valid whatever the question.
 * Calls `countTokens` five times at most. Throws EngineError unreadable.
 */
export async function layOutContext(
  items: readonly ContextItem[],
  deps: { documents: Documents },
  budget: number,
  countTokens: CountTokens,
): Promise<Block[]> {
  const found = await Promise.all(items.map((item) => sourceOf(item, deps.documents)));
  const sources = found.filter((source) => source !== undefined);
  const blocks = await layOutSources(sources, budget, countTokens);
  return found.map((source) => (source ? blocks[sources.indexOf(source)]! : NOTHING));
}

/** The same for what needs no looking up. */
export async function layOutSources(sources: Source[], budget: number, countTokens: CountTokens): Promise<Block[]> {
  if (sources.length === 0) return [];
  const count: CountTokens = (blocks) => countTokens(blocks.map((block) => `${block}\n\n`));
  const measured = await measure(sources, budget, count);
  const shares = shareOut(measured, budget);
  const cuts = await shorten(measured, shares, count);
  return measured.map((source, i): Block => {
    const { body, wrap, tokens } = source;
    return tokens <= shares[i]! ? { text: wrap(body), tokens, cut: false } : (cuts.get(source) ?? LEFT_OUT);
  });
}

async function measure(sources: Source[], budget: number, count: CountTokens): Promise<Measured[]> {
  const countable = budget * MOST_CHARS_PER_TOKEN;
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

/** The smallest first: each takes an equal part of what is left, or less if it needs less. */
function shareOut(measured: Measured[], budget: number): number[] {
  const shares: number[] = [];
  let left = budget;
  const bySize = measured.map(({ tokens }, i) => ({ tokens, i })).sort((a, b) => a.tokens - b.tokens);
  for (const [rank, { tokens, i }] of bySize.entries()) {
    shares[i] = Math.min(tokens, Math.floor(left / (bySize.length - rank)));
    left -= shares[i];
  }
  return shares;
}

/** Searches how many characters of each text fit; `fits` always does. */
type Search = { source: Measured; share: number; fits: Block; low: number; high: number; guess: number };

async function shorten(measured: Measured[], shares: number[], count: CountTokens): Promise<Map<Source, Block>> {
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

/** Learns from a count; false when there is nothing more to gain. */
function narrow(search: Search, text: string, tokens: number): boolean {
  const { source, share, guess } = search;
  if (tokens <= share) Object.assign(search, { fits: { text, tokens, cut: true }, low: guess });
  else search.high = guess;
  const room = (share - source.shortest) / Math.max(1, tokens - source.shortest);
  const next = Math.floor(guess * room * CAUTION);
  search.guess = next > search.low && next < search.high ? next : Math.floor((search.low + search.high) / 2);
  return (tokens > share || tokens < share * WELL_USED) && search.guess > search.low;
}
