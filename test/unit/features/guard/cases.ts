/** Tests of the guard from tables of cases. */
import assert from "node:assert/strict";
import { type Change, harmOf } from "../../../../server/features/guard/guard.ts";
import { grammars } from "../support.ts";

const INSTRUCTION = "improve it";

/** Without an instruction, the edit was to improve the code. */
export type Case = [name: string, languageId: string, before: string, after: string, asked?: string];

/** What the guard finds. An empty instruction stands for code from an answer. */
export const harm = (
  languageId: string,
  before: string,
  after: string,
  asked = INSTRUCTION,
  ranges?: Change["ranges"],
) => harmOf({ languageId, before, after, asked, ranges }, grammars);

/** Declares a test for each correct edit. */
export function letsPass(cases: readonly Case[]): void {
  for (const [name, languageId, before, after, asked] of cases)
    it(`lets pass ${name}`, async () => assert.equal(await harm(languageId, before, after, asked), undefined));
}

/** Declares a test for each loss with a name. An empty instruction is the usual one. */
export function namesRemoved(cases: readonly [...Case, names: string[]][]): void {
  for (const [name, languageId, before, after, asked, names] of cases)
    it(`names what is removed: ${name}`, async () =>
      assert.deepEqual((await harm(languageId, before, after, asked || INSTRUCTION))?.lost, names));
}

/** Declares a test for each loss of lines. An empty instruction is the usual one. */
export function missesLines(cases: readonly [...Case, expected: RegExp][]): void {
  for (const [name, languageId, before, after, asked, expected] of cases)
    it(`misses lines: ${name}`, async () =>
      assert.match((await harm(languageId, before, after, asked || INSTRUCTION))?.lines.join("\n") ?? "", expected));
}
