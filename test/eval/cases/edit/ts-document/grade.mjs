import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const [, comment, code] = /^(\/\*\*[^]*?\*\/)\n([^]*)$/.exec(readFileSync("pad.ts", "utf8")) ?? [];
assert.match(comment ?? "", /\w+ \w+/);
assert.match(comment ?? "", /space|width|pad/i);
assert.equal(code, `export function pad(text: string, width: number): string {
  return text.length >= width ? text : text + " ".repeat(width - text.length);
}
`);
