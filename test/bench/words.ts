/** Texts of a known number of tokens, in the toy's vocabulary. */
import { random, toy } from "../support/otherModels.ts";

/** Whether a token is a space and a whole word. A text of such words has as many tokens as words. */
export const isWord = (token: string): boolean => /^Ġ[a-z]{2,}$/.test(token);

let known: string[] | undefined;

/** Words drawn by lot: another seed gives another text. */
export function words(count: number, seed: number): string {
  known ??= (toy().metadata.get("tokenizer.ggml.tokens")!.value as string[])
    .filter(isWord)
    .map((word) => word.slice(1));
  const next = random(seed);
  return Array.from({ length: count }, () => known![Math.floor(((next() + 1) / 2) * known!.length)]!).join(" ");
}
