import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const text = readFileSync("workflows/test.yml", "utf8").replace(/['"]/g, "").replace(/#.*/g, "");
const branches = "branches:(?: \\[main\\]|\\n {4,6}- main)";
const event = (name) => new RegExp(`^  ${name}:\\n    ${branches}\\n`, "m");
assert.match(text, event("push"));
assert.match(text, event("pull_request"));
assert.match(text, /^ {10}node-version: 22(\.x)?$/m);
assert.match(text, /^name: test\non:\n[^]*^jobs:\n  test:\n {4}runs-on: ubuntu-latest\n {4}steps:\n[^]*- run: npm ci\n {6}- run: npm test\n$/m);
