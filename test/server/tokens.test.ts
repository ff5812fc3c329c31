import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { getLlama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { Tokenizer } from "../../server/engine/process/tokens.ts";
import { TOY } from "../support/client.ts";

const word = fc.constantFrom(
  "\n",
  "\n\n",
  "\r\n",
  " ",
  "  ",
  "\t",
  "/",
  "//",
  "```",
  "});",
  "x",
  "foo.bar",
  "12",
  "é",
  "中文",
  "😀",
  "Word",
  "\u0085",
  "\ufeff",
);
const text = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: word }, { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) }),
    { maxLength: 60, minLength: 1 },
  )
  .map((words) => words.join("").repeat(40).slice(0, 6000));

describe("tokens of long texts", () => {
  let model: LlamaModel;
  before(async () => {
    const llama = await getLlama({ gpu: false, build: "never", progressLogs: false, logLevel: LlamaLogLevel.disabled });
    model = await llama.loadModel({ modelPath: TOY });
  });
  after(() => model.llama.dispose());

  it("equal those of the whole text, although they are computed in pieces", () => {
    fc.assert(
      fc.property(text, (text) => {
        assert.deepEqual(new Tokenizer(model).tokenize(text), model.tokenize(text, false));
      }),
      { numRuns: 300 },
    );
  });

  it("equal those of the whole text for code, and the stable part keeps its tokens", () => {
    const code = readFileSync("test/samples/cart.ts", "utf8").repeat(6);
    const tokenizer = new Tokenizer(model);
    const all = (rest: string) => ({
      pieces: [{ type: "text" as const, text: `User\n${code}\n\n${rest}` }],
      systemPieces: 0,
    });
    const { tokens, stableEnd } = tokenizer.encode(all("Why?"), code.length + 2);
    const [bos] = model.tokens.shouldPrependBosToken ? [model.tokens.bos] : [];
    const whole = model.tokenize(`User\n${code}\n\nWhy?`, false);
    assert.deepEqual(tokens, bos ? [bos, ...whole] : whole);
    const other = tokenizer.encode(all("How so?")).tokens;
    assert.ok(stableEnd! > tokens.length - 16);
    assert.deepEqual(other.slice(0, stableEnd), tokens.slice(0, stableEnd));
  });
});
