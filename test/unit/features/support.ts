/** An environment for features without a client and a model. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import type { Diagnostic, Range } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Engine, PrepareRequest, Reply, ReplyEvent, RespondRequest } from "../../../server/engine/engine.ts";
import { Grammars } from "../../../server/features/code/grammars.ts";
import type { Documents } from "../../../server/features/context/documents.ts";
import type { FeatureDeps } from "../../../server/features/deps.ts";
import { RunningReplies } from "../../../server/features/replies.ts";
import { Summaries } from "../../../server/features/summaries.ts";
import type { ModelInfo, Usage } from "../../../server/protocol.ts";

/** The URI of the workspace folder. */
export const FOLDER = "file:///work/shop";

/** An open document of FOLDER, version 1. */
export function documentOf(text: string, languageId = "typescript", name = "cart.ts"): TextDocument {
  return TextDocument.create(`${FOLDER}/${name}`, languageId, 1, text);
}

/** The sample test/samples/cart.ts. */
export const cart = () => documentOf(readFileSync("test/samples/cart.ts", "utf8"));

/** The open documents, with FOLDER as the only workspace folder. */
export function documentsOf(...open: TextDocument[]): Documents {
  return { get: (uri) => open.find((document) => document.uri === uri), folders: () => [FOLDER] };
}

/** 0-based, as in LSP. */
export function range(line: number, character: number, endLine: number, endCharacter: number): Range {
  return { start: { line, character }, end: { line: endLine, character: endCharacter } };
}

/** Whole lines, 1-based and inclusive, without the last line's ending. */
export function linesRange(document: TextDocument, first: number, last: number): Range {
  const end = document.getText(range(last - 1, 0, last, 0)).replace(/[\r\n]+$/, "");
  return range(first - 1, 0, last - 1, end.length);
}

/** A diagnostic of a few characters on a 0-based line. */
export function problem(line: number, message: string, severity?: Diagnostic["severity"]): Diagnostic {
  return { range: range(line, 2, line, 5), message, severity };
}

/** Shared by all tests, because it caches what it has loaded. */
export const grammars = new Grammars((file) => readFile(`node_modules/@vscode/tree-sitter-wasm/wasm/${file}`));

/** Four characters a token. */
export const countTokens = async (texts: string[]) => texts.map((text) => Math.ceil(text.length / 4));

export const USAGE: Usage = {
  promptTokens: 10,
  readTokens: 4,
  reusedTokens: 6,
  thoughtTokens: 1,
  answerTokens: 2,
  firstTokenMs: 5,
  tokensPerSecond: 100,
};

/** The last event of a reply that ended by itself. */
export const END: ReplyEvent = { type: "usage", stopReason: "stop", usage: USAGE };

/** Dependencies of features with a fake engine, and the requests that the engine has received. */
export type FakeWorld = { deps: FeatureDeps; responded: RespondRequest[]; prepared: PrepareRequest[] };

/** An engine with a scripted reply. `onRespond` runs when a reply is requested. */
export function world(documents: Documents, events: ReplyEvent[] = [END], onRespond = () => {}): FakeWorld {
  return worldOf(documents, [events], onRespond);
}

/** Gives one reply after the other, and then repeats the last one. */
export function worldOf(documents: Documents, replies: ReplyEvent[][], onRespond = () => {}): FakeWorld {
  const responded: RespondRequest[] = [];
  const prepared: PrepareRequest[] = [];
  const engine: Partial<Engine> = {
    model: async () => ({ contextTokens: 1000, editContextTokens: 1000 }) as ModelInfo,
    countTokens,
    // Eight tokens of framing for a message.
    async countPrompt({ messages }) {
      const counts = await countTokens(messages.map(({ content }) => content));
      return counts.reduce((sum, tokens) => sum + tokens + 8, 0);
    },
    respond(request) {
      responded.push(request);
      onRespond();
      return replyOf(replies[Math.min(responded.length, replies.length) - 1]!);
    },
    async prepare(request) {
      prepared.push(request);
      return { readTokens: 1, interrupted: false };
    },
  };
  return {
    deps: {
      engine: engine as Engine,
      documents,
      replies: new RunningReplies(),
      summaries: new Summaries(engine as Engine, 0),
      grammars,
    },
    responded,
    prepared,
  };
}

/** A reply with these events. `steer` replaces its answerNow and addBudget, which do nothing. */
export function replyOf(events: ReplyEvent[], steer: Partial<Reply> = {}): Reply {
  return {
    answerNow: async () => {},
    addBudget: async (tokens) => tokens,
    ...steer,
    async *[Symbol.asyncIterator]() {
      yield* events;
    },
  };
}

/** Never aborts. */
export const signal = new AbortController().signal;

/** Lines of code-like text, many of them equal, so that diffs find unchanged ones. */
export const line = fc.oneof(
  fc.constantFrom("", "}", "{", "  x = 1;", "\treturn x;", "    ", "a", "b", "if (a) {", "é😀"),
  fc.string({ maxLength: 6 }).map((text) => text.replace(/[\r\n]/g, " ")),
);
export const ending = fc.constantFrom("\n", "\r\n");

/** A document with mixed line endings, and a range of it. */
export const documentAndRange = fc
  .record({
    lines: fc.array(fc.tuple(line, ending), { maxLength: 12 }),
    last: line,
    from: fc.nat(200),
    to: fc.nat(200),
  })
  .map(({ lines, last, from, to }) => {
    const document = documentOf(lines.map(([text, end]) => text + end).join("") + last);
    const { length } = document.getText();
    const [start, end] = [from % (length + 1), to % (length + 1)].sort((a, b) => a - b) as [number, number];
    return { document, range: { start: document.positionAt(start), end: document.positionAt(end) } };
  });
