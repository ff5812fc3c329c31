/** The token that ends a turn, which some servers let through. */

const END_TOKENS = /(?:<\|(?:im_end|end|eot_id|endoftext|eom_id|return)\|>|<\/s>|<SPECIAL_1[12]>)$/;

/** The answer without an end-of-turn token, unless the selection contains that token. */
export function withoutEndToken(answer: string, selected: string): string {
  const end = END_TOKENS.exec(answer.trimEnd());
  return !end || selected.includes(end[0]) ? answer : answer.slice(0, end.index);
}
