/**
 * The time to the first token of a question about an attached file of 2,000 lines that was read ahead, compared with a
 * bare question.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  type ChatParams,
  type ChatResult,
  type CountResult,
  Method,
  type ModelInfo,
  type PrepareParams,
} from "../../server/protocol.ts";
import { Client, TOY } from "../support/client.ts";
import { type BareLibrary, bareLibrary } from "./bareLibrary.ts";
import { type Figure, median, round } from "./figures.ts";
import { writeProportioned } from "./proportions.ts";

const LINES = 2000;
/** Files may fill half of the context; the file has some 24,000 tokens. */
const CONTEXT_TOKENS = 65_536;
const RUNS = 9;
const QUESTION = "What is the difference between a stack and a queue?";
/** Framing, and the text typed since the last pause, tokens. */
const ALLOWED = 32;
/**
 * Reading a token takes longer after many others, because of attention: a little for a large model, most of the time
 * for the toy. So the toy is compared with the bare library for the same tokens at the same place. The comparison with
 * a bare question uses a model in the 9B's proportions.
 */
const TARGET_RATIO = 1.25;
/** There, attention over the file is a tenth of a token's work; on a CPU it takes longer than the rest. */
const TARGET_OVER_BARE = 1.5;

/** Looks like TypeScript: functions that differ in names and numbers. */
function sourceText(): string {
  const functions = Array.from({ length: LINES / 8 }, (_, i) =>
    [
      `/** Returns the total of order ${i}. */`,
      `export function total${i}(items: Item[]): number {`,
      "  let sum = 0;",
      "  for (const item of items) {",
      `    sum += item.price * ${i} + item.tax;`,
      "  }",
      "  return sum;",
      "}",
    ].join("\n"),
  );
  return `${functions.join("\n")}\n`;
}

type Run = { engineMs: number; clientMs: number; read: number };

export async function attachedFile(_: Client, info: ModelInfo): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-bench-"));
  try {
    const file = path.join(folder, "orders.ts");
    writeFileSync(file, sourceText());
    const figures = await withModel(info, folder, file);
    if (info.path !== TOY) return figures;
    const wide = path.join(folder, "proportions.gguf");
    writeProportioned(wide);
    const named = ({ what, ...figure }: Figure) => ({ what: `in the 9B's proportions: ${what}`, ...figure });
    return [...figures, ...(await withModel({ ...info, path: wide }, folder, file)).map(named)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A separate server: the file needs a larger context than the other measurements. */
async function withModel(info: ModelInfo, folder: string, file: string): Promise<Figure[]> {
  const gpu = info.backend === "cpu" ? "off" : info.backend;
  const args = ["--model", info.path, "--gpu", gpu, "--context", String(CONTEXT_TOKENS)];
  const client = await Client.start({ args, folder });
  const library = await bareLibrary(info);
  try {
    await client.until(({ type }) => type === "ready");
    return await measure(client, pathToFileURL(file).href, library, info.path !== TOY);
  } finally {
    library.stop();
    await client.stop();
  }
}

async function measure(client: Client, uri: string, library: BareLibrary, isWide: boolean): Promise<Figure[]> {
  const params = (content: string, attached: boolean): PrepareParams => ({
    messages: [{ role: "user", content }],
    context: attached ? [{ type: "file", uri }] : [],
  });
  const { context, promptTokens } = await client.request<CountResult>(Method.count, params(QUESTION, true));
  if (context[0]?.cut !== false) throw new Error("The file does not fit into the context whole.");

  const attached: Run[] = [];
  const bare: Run[] = [];
  const alone: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    // A new question each time, so that no part of it was read before.
    const question = `${run + 1}. ${QUESTION}`;
    attached.push(await typeAndAsk(client, (content) => params(content, true), question));
    bare.push(await typeAndAsk(client, (content) => params(content, false), question));
    alone.push(await library.firstToken(promptTokens, attached[run]!.read));
  }
  return figures(promptTokens, { attached, bare, alone }, isWide);
}

/** Like an editor: reads the known part at the first focus, and at each pause in typing. */
async function typeAndAsk(client: Client, params: (typed: string) => PrepareParams, question: string): Promise<Run> {
  for (let typed = 0; typed < question.length - 8; typed += 8)
    await client.request(Method.prepare, params(question.slice(0, typed)));
  const chat: ChatParams = { ...params(question), thinking: { mode: "on", budget: 16 }, maxTokens: 8 };
  const asked = performance.now();
  let clientMs = 0;
  const { result } = client.stream<ChatResult>(Method.chat, chat, ({ type }) => {
    if (type === "thought" || type === "answer") clientMs ||= performance.now() - asked;
  });
  const { usage } = await result;
  return { engineMs: usage.firstTokenMs, clientMs, read: usage.readTokens };
}

type Runs = { attached: Run[]; bare: Run[]; alone: number[] };

function figures(promptTokens: number, { attached, bare, alone }: Runs, isWide: boolean): Figure[] {
  const what = `a file of ${LINES} lines attached`;
  const read = Math.max(...attached.map((run) => run.read));
  const overBare = round(median(attached.map(({ engineMs }, i) => engineMs / bare[i]!.engineMs)));
  const overLibrary = round(median(attached.map(({ engineMs }, i) => engineMs / alone[i]!)));
  const ms = (values: number[]) => ({ value: round(median(values), 1), unit: "ms" });
  const beyondEngine = (runs: Run[]) => ms(runs.map(({ clientMs, engineMs }) => clientMs - engineMs));
  return [
    { what: `${what}: prompt`, value: promptTokens, unit: "tokens" },
    {
      what: `${what}: read after prepare, most`,
      value: read,
      unit: "tokens",
      target: `<= ${ALLOWED}`,
      met: read <= ALLOWED,
    },
    { what: `${what}: first token`, ...ms(attached.map(({ engineMs }) => engineMs)) },
    { what: "a bare question: first token", ...ms(bare.map(({ engineMs }) => engineMs)) },
    { what: "the bare library, as many tokens behind the file: first token", ...ms(alone) },
    {
      what: `${what}: first token, over a bare question's`,
      value: overBare,
      unit: "x",
      ...(isWide && { target: `<= ${TARGET_OVER_BARE}`, met: overBare <= TARGET_OVER_BARE }),
    },
    {
      what: `${what}: first token, over the bare library's`,
      value: overLibrary,
      unit: "x",
      target: `<= ${TARGET_RATIO}`,
      met: overLibrary <= TARGET_RATIO,
    },
    { what: `${what}: at the language client, beyond the engine's`, ...beyondEngine(attached) },
    { what: "a bare question: at the language client, beyond the engine's", ...beyondEngine(bare) },
  ];
}
