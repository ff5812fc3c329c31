/** npm start: the built server, started as an editor would start it, at work on a sample file. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createPatch } from "diff";
import { type Range, TextDocument } from "vscode-languageserver-textdocument";
import { GRACE_TOKENS } from "../../server/engine/thoughtBudget.ts";
import {
  type ChatResult,
  type EditResult,
  type ExplainResult,
  type Message,
  Method,
  type ModelInfo,
  type Usage,
} from "../../server/protocol.ts";
import { Client, idle, TOY } from "../support/client.ts";
import { TASKS } from "../support/toyEpisodes.ts";
import { repair } from "./repair.ts";
import { jsonScreen, type Screen, terminalScreen } from "./screen.ts";

const SAMPLE = "test/samples/cart.ts";
/** Tokens: a budget within which a thought ends by itself, and one that ends a long thought. */
const EXPLAIN_BUDGET = 256;
const SHORT_BUDGET = 96;

const { values } = parseArgs({
  options: { json: { type: "boolean" }, model: { type: "string" }, gpu: { type: "string" } },
});
const screen: Screen = values.json ? jsonScreen() : terminalScreen();

const source = readFileSync(SAMPLE, "utf8");
const uri = pathToFileURL(path.resolve(SAMPLE)).href;
const document = TextDocument.create(uri, "typescript", 1, source);

/** The lines of the sample from the one that holds this text to the closing brace of its own indentation. */
function rangeOf(text: string): Range {
  const lines = source.split("\n");
  const first = lines.findIndex((line) => line.includes(text));
  const indentation = lines[first]!.search(/\S/);
  const last = lines.findIndex((line, i) => i > first && line.startsWith(`${" ".repeat(indentation)}}`));
  return { start: { line: first, character: 0 }, end: { line: last + 1, character: 0 } };
}

async function main(): Promise<void> {
  const model = path.resolve(values.model ?? TOY);
  const gpu = values.gpu ?? (values.model ? "auto" : "off");
  const client = await Client.start({ args: ["--model", model, "--gpu", gpu] });
  const ended = await client.until(
    (status) => status.type === "ready" || (status.type === "failed" && !status.retryInMs),
  );
  if (ended.type === "failed") throw new Error(`${ended.reason} ${ended.next}`);
  const { model: info } = ended as { model: ModelInfo };
  screen.model(info);
  await client.open(uri, "typescript", source);
  // The first reply finds the system prompt read, as it would in an editor.
  await idle(200);

  await explain(client);
  await think(client);
  await solve(client);
  await edit(client);
  await chat(client);
  await agent(client, ["--model", model, "--gpu", gpu]);
  await client.stop();
}

async function explain(client: Client): Promise<void> {
  screen.step("explain", `Explain \`clamp\` of ${SAMPLE}, with a thought of ${EXPLAIN_BUDGET} tokens at most`);
  const params = {
    textDocument: { uri },
    range: rangeOf("function clamp"),
    thinking: { mode: "on", budget: EXPLAIN_BUDGET },
  };
  const { answer, thought, usage } = await client.stream<ExplainResult>(Method.explain, params, screen.stream).result;
  screen.done({ answer, thought, usage });
}

async function think(client: Client): Promise<void> {
  screen.step(
    "budget",
    `A long thought that is closed at its budget of ${SHORT_BUDGET} tokens, at most ${GRACE_TOKENS} later to end its line`,
  );
  const messages = [{ role: "user", content: "Think for a long time." }];
  const params = { messages, thinking: { mode: "on", budget: SHORT_BUDGET } };
  const { answer, thought, usage } = await client.stream<ChatResult>(Method.chat, params, screen.stream).result;
  screen.done({ answer, thought, usage });
}

async function solve(client: Client): Promise<void> {
  screen.step("solve", "NVIDIA's own example, with a thought: the answer is TeX, which the chat panel typesets");
  const content = "Solve: integrate x^2 dx";
  screen.say(content);
  const params = { messages: [{ role: "user", content }], thinking: { mode: "on", budget: EXPLAIN_BUDGET } };
  const { answer, thought, usage } = await client.stream<ChatResult>(Method.chat, params, screen.stream).result;
  screen.done({ content, answer, thought, usage });
}

async function edit(client: Client): Promise<void> {
  screen.step("edit", "Simplify `isEven`: checked, minimal, and nothing outside the selection touched");
  const params = { textDocument: { uri, version: 1 }, range: rangeOf("isEven("), instruction: { id: "simplify" } };
  const { edits, usage } = await client.stream<EditResult>(Method.edit, params).result;
  const edited = TextDocument.applyEdits(document, edits);
  const diff = createPatch(SAMPLE, source, edited, "before", "after", { context: 2 });
  screen.diff(diff.split("\n").slice(2).join("\n"));
  screen.done({ diff, edits, usage });
}

async function chat(client: Client): Promise<void> {
  screen.step("chat", "Three turns: each reads its own message, the rest is still there");
  const messages: Message[] = [];
  const usages: Usage[] = [];
  for (const content of ["What is recursion?", "Give me an example.", "Thanks!"]) {
    screen.say(content);
    messages.push({ role: "user", content });
    const params = { messages, thinking: { mode: "on", budget: EXPLAIN_BUDGET } };
    const { answer, thought, usage } = await client.stream<ChatResult>(Method.chat, params, screen.stream).result;
    screen.done({ content, answer, thought, usage });
    messages.push({ role: "assistant", content: answer });
    usages.push(usage);
    // While the user reads the answer, the engine settles: it reads the answer again without its thought.
    await idle(200);
  }
  screen.reuse(usages);
}

async function agent({ runtime }: Client, args: string[]): Promise<void> {
  // The agent joins the engine that the server has started.
  const env = { NEMOTRON_RUNTIME_DIR: runtime };
  for (const [name, title] of [
    ["average", "The agent repairs a copy of test/repair: its first edit fails the check, the second one passes"],
    [
      "largest",
      "The agent names lines that it has not seen: that call is rewound, and decoded again as a possible one",
    ],
  ] as const) {
    screen.step("agent", title);
    screen.say(TASKS[name]);
    const result = await repair(name, { args, env, json: values.json ?? false });
    if (result) screen.done({ task: TASKS[name], ...result });
  }
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
