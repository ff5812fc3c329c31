/** The text that is being typed after an `@`. Pure. */

/** `start`: the index of the `@`. `end`: the index after the query. */
export type Mention = { start: number; end: number; query: string };

/** File names are shorter than this. Longer text merely contains an `@`. */
const MAX_QUERY = 80;

/** The mention that ends at the cursor. An `@` within a word, as in an e-mail address, is not a mention. */
export function mentionAt(text: string, cursor: number): Mention | undefined {
  const [, query] = /(?:^|\s)@([^\s@]*)$/.exec(text.slice(0, cursor)) ?? [];
  if (query === undefined || query.length > MAX_QUERY) return undefined;
  return { start: cursor - query.length - 1, end: cursor, query };
}

/** The text without the mention, and without one of the two spaces around it. */
export function withoutMention(text: string, { start, end }: Mention): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  return /(^|\s)$/.test(before) && after.startsWith(" ") ? before + after.slice(1) : before + after;
}
