import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { getLlama, type Llama, LlamaLogLevel } from "node-llama-cpp";
import { Tokenizer } from "../../server/engine/process/tokens.ts";
import { pretokenizing, random, toy, write } from "../support/otherModels.ts";
import { PRE_TOKENIZERS } from "../support/preTokenizers.ts";

/** Characters that pre-tokenizer patterns match together, and some that certain patterns split. */
const KINDS = [
  "abcxyz",
  "ABCXYZ",
  "aBcDéÄßж",
  "漢字かなカ",
  "कखा\u0301ि",
  "=-*#.",
  "'!?<>\"",
  "😀😁™€",
  "0123456789",
  "٠١٢½",
  " ",
  " \t\n",
  "\n\r",
  " \u3000\u00a0",
  "\u0000\u0007\u200b\ufffd",
  "abc def",
  "aB1_-+/",
];
/** The maximum length of a run, characters: short enough for llama.cpp, and several windows long. */
const LONG = 4000;
const RUNS = Number(process.env.NEMOTRON_FUZZ_RUNS ?? 1);
const SEED = Number(process.env.NEMOTRON_FUZZ_SEED ?? 1);

/** The parts of a long line, which is cut between two words. */
const WORDS = [
  "word",
  "Zeile",
  " ",
  " x",
  " ",
  "12",
  "a1b",
  "1a",
  "f(",
  ")",
  "=",
  "'s",
  ";",
  "漢字",
  "é",
  "😀",
  "/",
  "I'll",
  "\t",
];

describe("tokens of long runs", () => {
  let directory: string;
  let llama: Llama;
  before(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), "long-runs-"));
    llama = await getLlama({ gpu: false, build: "never", progressLogs: false, logLevel: LlamaLogLevel.disabled });
  });
  after(async () => {
    await llama.dispose();
    rmSync(directory, { recursive: true });
  });

  const load = (pre: string) => {
    const file = path.join(directory, `${pre}.gguf`);
    write(file, pretokenizing(toy(), pre, KINDS, SEED));
    return llama.loadModel({ modelPath: file });
  };

  for (const pre of PRE_TOKENIZERS)
    it(`equal those of the whole text with the pre-tokenizer ${pre}`, async () => {
      const model = await load(pre);
      const draw = random(SEED);
      const below = (limit: number) => Math.floor(((draw() + 1) / 2) * limit);
      const some = (kind: string, length: number) => {
        const characters = [...kind];
        return Array.from({ length }, () => characters[below(characters.length)]).join("");
      };
      const other = () => some("ab Z9='s\n.漢", below(12));
      for (let run = 0; run < RUNS; run++)
        for (const kind of KINDS) {
          const one = below(2) === 0 ? some(kind, 1).repeat(LONG) : some(kind, below(LONG));
          const text = other() + one + other() + some(KINDS[below(KINDS.length)]!, below(LONG)) + other();
          // Compared as text: a diff of thousands of tokens takes minutes.
          const whole = model.tokenize(text, false).join();
          assert.ok(new Tokenizer(model).tokenize(text).join() === whole, JSON.stringify([kind, text.slice(0, 40)]));
        }
      const line = Array.from({ length: 20_000 }, () => WORDS[below(WORDS.length)]).join("");
      assert.ok(new Tokenizer(model).tokenize(line).join() === model.tokenize(line, false).join(), "a long line");
      await model.dispose();
    });

  it("are computed in steps, however long a line or a run is", async () => {
    const model = await load("llama-bpe");
    for (const text of [
      "a".repeat(400_000),
      " ".repeat(400_000),
      Array.from({ length: 50_000 }, (_, i) => `f(a${i}=b);`).join(""),
    ]) {
      let steps = 0;
      const work = new Tokenizer(model).tokenizeSteps(text);
      while (!work.next().done) steps++;
      assert.ok(steps > 20, `${steps} steps for ${JSON.stringify(text.slice(0, 8))} and so on`);
    }
    await model.dispose();
  });

  it("come even from runs that llama.cpp cannot take", async () => {
    for (const pre of ["tekken", "deepseek-llm"]) {
      const model = await load(pre);
      for (const kind of KINDS) {
        const text = `${[...kind][0]!.repeat(30_000)} ${kind.repeat(6000)}`;
        const tokens = new Tokenizer(model).tokenize(text);
        assert.ok(model.detokenize(tokens, false) === text, JSON.stringify([pre, kind]));
      }
      await model.dispose();
    }
  });

  it("come even from two spaces, over which llama.cpp aborts with one of its patterns", async () => {
    const model = await load("whitespace");
    assert.ok(new Tokenizer(model).tokenize("ab \t\n  cd").length > 0);
    await model.dispose();
  });
});
