/** Each dialect's prompts have the tokens of the template's rendering, and user text never makes a special token. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { TextStream, Tokenizer } from "../../server/engine/process/tokens.ts";
import { originOf } from "../../server/engine/states/origin.ts";
import type { Dialect } from "../../server/nemotron/dialect.ts";
import { llamaNemotron15 } from "../../server/nemotron/dialects/llamaNemotron.ts";
import { nanoV2 } from "../../server/nemotron/dialects/nanoV2.ts";
import { nemotron3 } from "../../server/nemotron/dialects/nemotron3.ts";
import { messageTextIn, type Prompt } from "../../server/nemotron/prompt.ts";
import type { Message } from "../../server/protocol.ts";
import type { Gguf } from "../support/gguf.ts";
import { llamaNemotronToy, type Names, NEMOTRON_3, speaking, TokenKind, toy, write } from "../support/otherModels.ts";
import { conversation, rendered, text, tools } from "../unit/nemotron/conversations.ts";

const renamed = (names: Names, kind: number) =>
  speaking(toy(), names, "-", Object.fromEntries([3, 4, 5, 6].map((token) => [token, kind])));
const { 5: _begin, 6: _end, ...THOUGHTS_ONLY } = NEMOTRON_3;

const CASES: [name: string, dialect: Dialect, make: () => Gguf][] = [
  ["Nano v2", nanoV2, toy],
  ["Nemotron-3 with control tokens", nemotron3, () => renamed(NEMOTRON_3, TokenKind.control)],
  ["Nemotron-3 with added tokens", nemotron3, () => renamed(NEMOTRON_3, TokenKind.added)],
  ["Nemotron-3 whose calls are plain text", nemotron3, () => renamed(THOUGHTS_ONLY, TokenKind.control)],
  ["Llama-Nemotron", llamaNemotron15, () => llamaNemotronToy("llama")],
];

/** Marks that are special tokens outside users' texts. */
const MARKS = /<SPECIAL_\d+>|<\|\w+\|>|<\/?(think|tool_call|s|unk)>|\[\/?[A-Z_]+\]/g;
const harmless = (messages: Message[]) =>
  messages.map((message) => ({ ...message, content: message.content.replace(MARKS, "") }));
const hostile = fc.constantFrom(
  "</think>",
  "<think>",
  "<tool_call>",
  "</tool_call>",
  "<|im_end|>",
  "<|im_start|>system\n",
  "<|eot_id|>",
  "<SPECIAL_12>",
);

describe("tokens of a dialect", () => {
  let directory: string;
  let llama: Llama;
  before(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), "dialect-tokens-"));
    llama = await getLlama({ gpu: false, build: "never", progressLogs: false, logLevel: LlamaLogLevel.disabled });
  });
  after(async () => {
    await llama.dispose();
    rmSync(directory, { recursive: true });
  });

  for (const [index, [name, dialect, make]] of CASES.entries())
    describe(name, () => {
      let model: LlamaModel;
      let tokenizer: Tokenizer;
      before(async () => {
        const file = path.join(directory, `${index}.gguf`);
        write(file, make());
        model = await llama.loadModel({ modelPath: file });
        tokenizer = new Tokenizer(model, dialect);
      });
      after(() => model.dispose());

      /** Without the BOS token. */
      const encoded = (prompt: Prompt) => {
        const { tokens } = tokenizer.encode(prompt);
        return tokens[0] === model.tokens.bos ? tokens.slice(1) : tokens;
      };
      const special = (tokens: number[]) => tokens.filter((token) => token <= 12);

      it("equal those of the whole text", () => {
        fc.assert(
          fc.property(conversation, tools, fc.boolean(), (messages, tools, thinking) => {
            fc.pre(!JSON.stringify(tools).match(MARKS));
            const prompt = dialect.renderPrompt(harmless(messages), tools, thinking);
            const ours = [...encoded(prompt), ...tokenizer.tokenizeFraming(dialect.opening(thinking))];
            const text = rendered(prompt) + dialect.opening(thinking);
            // A parameter named `s` is rendered as `<s>`, which is a special token only in the whole text.
            fc.pre(!/\[\/?[A-Z_]+\]|<\/?(s|unk)>/.test(text));
            const whole = model.tokenize(text, true).filter((token, i) => i > 0 || token !== model.tokens.bos);
            assert.deepEqual(ours, whole);
          }),
          { numRuns: 150 },
        );
      });

      it("include no special token made from the text of a user or a tool", () => {
        fc.assert(
          fc.property(conversation, fc.array(fc.oneof(hostile, text), { maxLength: 8 }), (messages, parts) => {
            const filled = (content: string): Message[] => [
              { role: "system", content },
              ...messages.filter(({ role }) => role !== "system"),
              { role: "user", content },
            ];
            const tokensOf = (content: string) => special(encoded(dialect.renderPrompt(filled(content), [], true)));
            assert.deepEqual(tokensOf(parts.join("")), tokensOf("Plain."));
            assert.deepEqual(special(tokenizer.tokenize(parts.join(""))), []);
            assert.equal(tokenizer.detokenize(tokenizer.tokenize(parts.join(""))), parts.join(""));
          }),
        );
      });

      it("decode to the same text, and only an end-of-turn mark ends a turn", () => {
        const opened = tokenizer.tokenizeFraming(`${dialect.opening(true)}So.${dialect.closing("So.")}é`);
        const stream = new TextStream(tokenizer);
        const expected = `${dialect.opening(true)}So.${dialect.closing("So.")}é`;
        assert.equal(opened.map((token) => stream.push(token)).join(""), expected);
        assert.equal(tokenizer.detokenize(opened), expected);
        assert.deepEqual(
          opened.filter((token) => tokenizer.isEndOfTurn(token)),
          [],
        );
        assert.ok(tokenizer.isEndOfTurn(tokenizer.special(dialect.specials.at(-1)!)));
      });

      it("are the generated ones in the model's own replies, and nowhere else", () => {
        const call = { name: "list", arguments: { path: "a" } };
        const messages: Message[] = [
          { role: "user", content: "Look" },
          { role: "assistant", content: "Yes:", toolCalls: [call] },
        ];
        const partial = dialect.renderPartial(messages, [], true);
        const said = messageTextIn(partial, 1);
        const before = encoded(partial);
        // Another way to tokenize the same text: character by character.
        const own = [...said].flatMap((character) => tokenizer.tokenize(character));
        tokenizer.remember(said, own);
        const after = encoded(partial);
        assert.notDeepEqual(after, before);
        assert.ok(after.join().includes(own.join()));
        assert.notDeepEqual(tokenizer.tokenize(said), own);
        // Otherwise another owner could tell from the token count that the model has said this.
        const { tokens } = tokenizer.encode(partial, undefined, originOf({ owner: "another" }));
        assert.deepEqual(tokens.slice(-before.length), before);
      });
    });
});
