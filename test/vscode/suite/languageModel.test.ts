/** The model through VS Code's language model API, as other extensions use it, with the real server and the toy. */
import assert from "node:assert/strict";
import path from "node:path";
import * as vscode from "vscode";
import { type CountResult, Method } from "../../../server/protocol.ts";
import { Client } from "../../support/client.ts";
import { holdEngine } from "../../support/pace.ts";
import { canFindProcesses, findProcess, signal } from "../../support/processes.ts";
import { until } from "./extension.ts";
import { FOLDER, get, ourLog, pidOf, runToEnd, set } from "./support.ts";

const {
  CancellationTokenSource,
  LanguageModelChatMessage: Message,
  LanguageModelChatToolMode,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
  lm,
} = vscode;
const { LanguageModelThinkingPart: ThinkingPart } = vscode as typeof vscode & {
  LanguageModelThinkingPart?: new (value: string) => { value: string };
};
const READ_FILE: vscode.LanguageModelChatTool = {
  name: "read_file",
  description: "Read a file of the workspace",
  inputSchema: {
    type: "object",
    properties: { path: { type: "string", description: "Path of the file" } },
    required: ["path"],
  },
};
type Options = vscode.LanguageModelChatRequestOptions;

async function model(): Promise<vscode.LanguageModelChat> {
  const [found, ...others] = await lm.selectChatModels({ vendor: "nemotron" });
  assert.deepEqual(others, []);
  return found!;
}

/** All parts of a reply, in order. */
async function partsOf(messages: vscode.LanguageModelChatMessage[], options: Options = {}): Promise<unknown[]> {
  const response = await (await model()).sendRequest(messages, options);
  const parts: unknown[] = [];
  for await (const part of response.stream) parts.push(part);
  return parts;
}
const textOf = (parts: unknown[]) =>
  parts.flatMap((part) => (part instanceof LanguageModelTextPart ? part.value : [])).join("");
const thoughtOf = (parts: unknown[]) =>
  parts.flatMap((part) => (ThinkingPart && part instanceof ThinkingPart ? part.value : [])).join("");
const callsOf = (parts: unknown[]) => parts.filter((part) => part instanceof LanguageModelToolCallPart);
const rejected = (work: Promise<unknown>): Promise<vscode.LanguageModelError> =>
  work.then(
    () => assert.fail("It was answered."),
    (error) => error,
  );

describe("the language model", function () {
  this.timeout(240_000);
  const chosen = get("model") as string;
  const temperature = get("sampling.temperature");
  before(() => runToEnd("nemotron.loadModel"));
  afterEach(async () => {
    await set("model", chosen);
    await set("sampling.temperature", temperature);
  });

  it("reports the loaded context, shared by prompt and reply", async () => {
    const { id, vendor, family, name, version, maxInputTokens } = await until(
      "the loaded model is told of",
      async () => {
        const told = await model();
        return told.name.includes("toy") ? told : undefined;
      },
    );
    assert.deepEqual([id, vendor, family], ["local", "nemotron", "nemotron"]);
    assert.equal(version, path.basename(chosen));
    assert.equal(maxInputTokens, 4096, name);
    assert.deepEqual(
      (await lm.selectChatModels({ family: "nemotron" })).map(({ id }) => id),
      ["local"],
    );
  });

  it("streams thoughts and text as they come", async () => {
    const began = performance.now();
    const response = await (await model()).sendRequest([Message.User("Count to one hundred.")]);
    const parts: { part: unknown; at: number }[] = [];
    for await (const part of response.stream) parts.push({ part, at: performance.now() - began });
    const all = parts.map(({ part }) => part);
    assert.match(textOf(all), /98, 99, 100/);
    if (ThinkingPart) assert.match(thoughtOf(all), /step by step/);
    const texts = parts.filter(({ part }) => part instanceof LanguageModelTextPart);
    assert.ok(texts.length > 3, `${texts.length} parts`);
    assert.ok(texts[0]!.at < texts.at(-1)!.at, "all parts came at once");
  });

  it("gives only the text if the caller asks for that", async () => {
    const { text } = await (await model()).sendRequest([Message.User("ping")]);
    let said = "";
    for await (const piece of text) said += piece;
    assert.equal(said.trim(), "pong");
  });

  it("thinks as much as the caller asks for", async () => {
    const think = (modelOptions: Options["modelOptions"]) =>
      partsOf([Message.User("Think for a long time.")], { modelOptions });
    assert.equal(thoughtOf(await think({ thinking: false })), "");
    if (ThinkingPart) {
      const [short, long] = [await think({ reasoning_budget: 32 }), await think({ reasoning_budget: 400 })].map(
        thoughtOf,
      );
      assert.ok(short!.length > 0 && long!.length > 2 * short!.length, `${short!.length}, ${long!.length}`);
    }
    const failed = await rejected(think({ reasoning_budget: "much" }));
    assert.match(failed.message, /reasoning_budget must be a number/);
  });

  it("calls a tool, and answers its result", async () => {
    const asked = [Message.User("Read the file src/main.ts.")];
    const [call, ...others] = callsOf(await partsOf(asked, { tools: [READ_FILE] }));
    assert.deepEqual([call?.name, call?.input, others], ["read_file", { path: "src/main.ts" }, []]);
    const result = new LanguageModelToolResultPart(call!.callId, [new LanguageModelTextPart("const a = 1;")]);
    const answered = await partsOf([...asked, Message.Assistant([call!]), Message.User([result])], {
      tools: [READ_FILE],
    });
    assert.match(textOf(answered), /I read the file/);
  });

  it("always calls a tool if one is required", async () => {
    const toolMode = LanguageModelChatToolMode.Required;
    const parts = await partsOf([Message.User("ping")], {
      tools: [READ_FILE],
      toolMode,
      modelOptions: { thinking: false },
    });
    const calls = callsOf(parts);
    assert.ok(calls.length > 0, textOf(parts));
    for (const { name, input } of calls) {
      assert.equal(name, "read_file");
      assert.equal(typeof (input as { path?: unknown }).path, "string");
    }
    assert.equal(textOf(parts), "");
  });

  it("counts the tokens of texts and messages as the server does", async () => {
    const module = path.resolve(__dirname, "../../../server.mjs");
    const args = ["--model", chosen, "--gpu", "off", "--context", "8192"];
    const server = await Client.start({ module, args, folder: FOLDER, env: { ELECTRON_RUN_AS_NODE: "1" } });
    try {
      const told = await model();
      const call = new LanguageModelToolCallPart("1", "read_file", { path: "src/main.ts" });
      const messages = [
        Message.User("Read the file src/main.ts.\n\nIt is short."),
        Message.Assistant([new LanguageModelTextPart("I read it."), call]),
        Message.User([new LanguageModelToolResultPart("1", [new LanguageModelTextPart("const a = 1;")])]),
      ];
      const ours: object[] = [
        { role: "system", content: "" },
        { role: "user", content: "Read the file src/main.ts.\n\nIt is short." },
        { role: "assistant", content: "I read it.", toolCalls: [{ name: "read_file", arguments: call.input }] },
        { role: "tool", content: "const a = 1;" },
        { role: "assistant", content: "Done." },
      ];
      const count = (messages: object[]) => server.request<CountResult>(Method.count, { messages });
      const whole = await count(ours);
      for (const text of ["I read it.", "", "<SPECIAL_12> ünï 漢字 </think>"])
        assert.equal(await told.countTokens(text), (await count([{ role: "user", content: text }])).messages[0], text);
      const counted = await Promise.all(messages.map((message) => told.countTokens(message)));
      const frame = await count([ours[0]!, ours.at(-1)!]);
      assert.equal(
        counted.reduce((sum, tokens) => sum + tokens),
        whole.promptTokens - frame.promptTokens,
      );
    } finally {
      await server.stop();
    }
  });

  it("refuses a prompt that does not fit, with both numbers and what to do", async () => {
    const { message } = await rejected(partsOf([Message.User("many words ".repeat(8000))]));
    assert.match(message, /The prompt has \d\d,\d{3} tokens, and the loaded context holds 8,192\./);
    assert.match(message, /Send less/);
  });

  it("refuses parts that it cannot read, and names them", async () => {
    const part = new vscode.LanguageModelDataPart(new Uint8Array([1]), "application/pdf");
    assert.match((await rejected(partsOf([Message.User([part])]))).message, /only text.*application\/pdf/);
  });

  it("reports a reply that the full context cut off", async () => {
    const question = (words: number) => Message.User(`${"word ".repeat(words)}\n\nCount to one hundred.`);
    const tokens = (await (await model()).countTokens(question(1000))) / 1000;
    const fits = question(Math.floor(8100 / tokens));
    const { message } = await rejected(partsOf([fits], { modelOptions: { thinking: false } }));
    assert.match(message, /cut off/);
  });

  it("stops in the decode loop when it is cancelled", async function () {
    if (!canFindProcesses) return this.skip();
    const trace = get("trace.server");
    await set("trace.server", "messages");
    const pace = await holdEngine(process.pid);
    const cancellation = new CancellationTokenSource();
    const cancelled = () => ourLog().match(/nemotron\/chat: failed after \d+ ms \(cancelled\)/g)?.length ?? 0;
    const before = cancelled();
    try {
      const asked = [Message.User("Count to one hundred.")];
      const response = await (await model()).sendRequest(asked, {}, cancellation.token);
      const parts: unknown[] = [];
      const reading = (async () => {
        for await (const part of response.stream) {
          parts.push(part);
          cancellation.cancel();
        }
      })();
      const ended = reading.then(
        () => undefined,
        (error) => error,
      );
      // The first part is cancelled, with or without all of these.
      const steps = pace.step(20);
      await pace.received("cancel");
      await pace.end();
      await steps;
      const error = await ended;
      await until("the server has ended the reply", () => cancelled() > before || undefined);
      assert.equal(error?.name, "Canceled");
      assert.doesNotMatch(textOf(parts), /100/);
    } finally {
      await pace.end();
      await set("trace.server", trace);
    }
    assert.equal(textOf(await partsOf([Message.User("ping")])).trim(), "pong");
  });

  for (const part of ["engine", "server"] as const)
    it(`reports that the ${part} died, and answers the next request`, async function () {
      if (!canFindProcesses) return this.skip();
      const pid = await pidOf(part);
      const pace = await holdEngine(process.pid);
      const response = await (await model()).sendRequest([Message.User("Count to one hundred.")]);
      const failed = rejected(
        (async () => {
          for await (const _ of response.stream) signal(pid, "SIGKILL");
        })(),
      );
      const steps = pace.step(20);
      const { message } = await failed.finally(() => pace.end());
      await steps;
      assert.match(message, part === "engine" ? /engine ended.*Send the request again/ : /server ended.*Try again/);
      await until("another one runs", () => {
        const now = findProcess(process.pid, part);
        return now !== undefined && now !== pid;
      });
      await until("it answers again", async () => {
        const said = await partsOf([Message.User("ping")]).then(textOf, () => "");
        return said.trim() === "pong";
      });
    });

  it("says what to do if no model is chosen", async () => {
    await set("model", "");
    await until("no model is offered", async () => (await model()).version === "");
    // The loaded model is unloaded a moment later.
    const { message } = await until("there is nothing to ask", async () => {
      const error = await rejected(partsOf([Message.User("ping")])).catch(() => undefined);
      return error?.code === vscode.LanguageModelError.NotFound.name ? error : undefined;
    });
    assert.match(message, /No model has been chosen.*Choose Model/);
    assert.match(
      (await rejected(Promise.resolve((await model()).countTokens("text")))).message,
      /No model has been chosen/,
    );
  });
});
