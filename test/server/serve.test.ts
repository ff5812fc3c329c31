/** `nemotron-server serve` as a user runs it, and the two snippets of docs/endpoint.md against it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import OpenAI from "openai";
import { CATALOGUE } from "../../server/models/catalogue.ts";
import { Method, type StartEndpointResult } from "../../server/protocol.ts";
import { Client, enginePid, hostGone, idle, isRunning, newRuntime, rejection, TOY } from "../support/client.ts";
import { type Serving, startServing } from "../support/serving.ts";

const run = promisify(execFile);
const MODEL_ARGS = ["--model", TOY, "--gpu", "off", "--context", "8192"];

const RUNTIME = newRuntime();
const ENV = { NEMOTRON_RUNTIME_DIR: RUNTIME, NEMOTRON_STATES_DIR: path.join(RUNTIME, "states") };

const serve = (args: string[] = [], env: Record<string, string> = {}, model = MODEL_ARGS): Promise<Serving> =>
  startServing([...model, ...args], { ...ENV, ...env });

/** The client retries while the model is loading, as the server asks. On a busy machine that takes a minute. */
const clientOf = (url: string, apiKey = "local") => new OpenAI({ baseURL: url, apiKey, maxRetries: 30 });

/** The indented block of docs/endpoint.md that contains these words. */
function snippet(words: string): string {
  const blocks = readFileSync("docs/endpoint.md", "utf8").match(/(?:^ {4}.*\n)+/gm) ?? [];
  const found = blocks.find((block) => block.includes(words));
  assert.ok(found, `docs/endpoint.md has no block with ${words}`);
  return found.replace(/^ {4}/gm, "");
}

const fails = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, ["dist/server.mjs", "serve", ...args], {
    env: { ...process.env, ...ENV, ...env },
  }).then(
    () => assert.fail("It was expected to fail."),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );

describe("nemotron-server serve", () => {
  let serving: Serving | undefined;
  afterEach(async () => {
    if (serving && serving.process.exitCode === null) {
      serving.process.kill();
      await once(serving.process, "exit");
    }
    serving = undefined;
  });

  it("answers the documented curl command unchanged", async () => {
    serving = await serve();
    await clientOf(serving.url).models.list();
    const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-curl-"));
    // The snippet's port may be in use on this machine, so curl's settings redirect it.
    writeFileSync(
      path.join(folder, ".curlrc"),
      `connect-to = "localhost:8000:localhost:${new URL(serving.url).port}"\nsilent\n`,
    );
    const command = snippet("curl http://localhost:8000");
    assert.match(command, /nvidia\/NVIDIA-Nemotron-Nano-9B-v2/);
    const { stdout } = await run("sh", ["-c", command], { env: { ...process.env, CURL_HOME: folder, HOME: folder } });
    rmSync(folder, { recursive: true });
    const { choices, usage } = JSON.parse(stdout);
    assert.match(choices[0].message.content, /\\int x\^2.*\\frac\{x\^3\}\{3\}/);
    assert.ok(choices[0].message.reasoning_content.length > 10 && usage.total_tokens > 20, stdout);
  });

  it("answers the documented openai client, streaming too", async () => {
    serving = await serve();
    assert.match(snippet("new OpenAI("), /new OpenAI\(\{ baseURL: "http:\/\/localhost:8000\/v1", apiKey: "local" \}\)/);
    const client = clientOf(serving.url);
    const messages = [{ role: "user" as const, content: "ping" }];
    const whole = await client.chat.completions.create({ model: "nvidia/NVIDIA-Nemotron-Nano-9B-v2", messages });
    assert.equal(whole.choices[0]?.message.content, "pong");
    let text = "";
    const stream = await client.chat.completions.create({ model: whole.model, messages, stream: true });
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
    assert.equal(text, "pong");
  });

  it("logs its address and the model, but no prompts", async () => {
    serving = await serve();
    const client = clientOf(serving.url);
    await client.chat.completions.create({ model: "nemotron-h-toy", messages: [{ role: "user", content: "sesame" }] });
    assert.match(serving.stdout, /^Serving http:\/\/localhost:\d+\/v1 .*\n {2}curl http/);
    assert.match(serving.stderr(), /Loading nemotron-h-toy.gguf: \d+ %.*toy model of the tests.* is ready on cpu/s);
    assert.doesNotMatch(serving.stdout + serving.stderr(), /sesame/);
  });

  it("uses the model in the models folder by default", async () => {
    const data = mkdtempSync(path.join(os.tmpdir(), "nemotron-data-"));
    const folder = path.join(data, "nemotron-local", "models");
    mkdirSync(folder, { recursive: true });
    // A file whose exact size the catalogue does not have is recognised by its name alone.
    cpSync(TOY, path.join(folder, CATALOGUE.find(({ exact }) => !exact)!.file));
    serving = await serve([], { XDG_DATA_HOME: data }, ["--gpu", "off", "--context", "8192"]);
    assert.ok((await clientOf(serving.url).models.list()).data.length > 0);
  });

  it("requires the key from the environment or the command line", async () => {
    serving = await serve([], { NEMOTRON_API_KEY: "from-env" });
    await assert.rejects(clientOf(serving.url, "wrong").models.list(), OpenAI.AuthenticationError);
    assert.ok((await clientOf(serving.url, "from-env").models.list()).data.length > 0);
    assert.doesNotMatch(serving.stdout, /from-env/);
  });

  it("ends cleanly on SIGTERM and SIGINT, together with running replies", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      serving = await serve();
      const stream = await clientOf(serving.url).chat.completions.create({
        model: "nemotron-h-toy",
        messages: [{ role: "user", content: "Think for a long time." }],
        stream: true,
      });
      const engine = enginePid(RUNTIME)!;
      assert.ok(isRunning(engine));
      serving.process.kill(signal);
      const read = async () => {
        for await (const _ of stream);
      };
      await Promise.allSettled([read()]);
      if (serving.process.exitCode === null) await once(serving.process, "exit");
      await hostGone(RUNTIME);
      assert.deepEqual([serving.process.exitCode, isRunning(engine)], [0, false]);
    }
  });

  it("joins a model that others use, also through a link to its file, and says that their context size counts", async () => {
    serving = await serve();
    await clientOf(serving.url).models.list();
    const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-link-"));
    const link = path.join(folder, "link.gguf");
    symlinkSync(TOY, link);
    const engine = enginePid(RUNTIME)!;
    for (const [context, isSaid] of [
      ["4096", true],
      ["8192", false],
    ] as const) {
      const second = await serve([], {}, ["--model", link, "--gpu", "off", "--context", context]);
      await clientOf(second.url).models.list();
      while (!/ is ready on /.test(second.stderr())) await idle(20);
      second.process.kill();
      await once(second.process, "close");
      const said = /--context 4096 does not count: .* with 8,192 tokens of context\./.test(second.stderr());
      assert.equal(said, isSaid, second.stderr());
      assert.equal(enginePid(RUNTIME), engine);
    }
    const larger = await fails(["--model", link, "--gpu", "off", "--context", "9000", "--port", "0"]);
    assert.match(larger.stderr, /is loaded and used by other windows or programs/);
    rmSync(folder, { recursive: true });
  });

  it("explains what is wrong and what to do", async () => {
    const none = await fails([], { XDG_DATA_HOME: mkdtempSync(path.join(os.tmpdir(), "nemotron-none-")) });
    assert.deepEqual(
      [none.code, /No model is given, .*--model.*usage: nemotron-server help serve/s.test(none.stderr)],
      [2, true],
    );
    const open = await fails([...MODEL_ARGS, "--host", "0.0.0.0"]);
    assert.deepEqual([open.code, /Without an API key .* 0\.0\.0\.0 is not\. Give a key/.test(open.stderr)], [1, true]);
    const missing = await fails(["--model", "missing.gguf", "--port", "0"]);
    assert.deepEqual(
      [missing.code, /The file .*missing\.gguf does not exist\. Check the path/.test(missing.stderr)],
      [1, true],
    );
    serving = await serve();
    const { port } = new URL(serving.url);
    const taken = await fails([...MODEL_ARGS, "--port", port]);
    assert.deepEqual([taken.code, taken.stderr.includes(`Port ${port} is in use`)], [1, true], taken.stderr);
    assert.match((await fails([...MODEL_ARGS, "--port", "70000"])).stderr, /at most 65535/);
  });
});

describe("the language server's endpoint", () => {
  let client: Client;
  before(async () => {
    client = await Client.toy();
    await client.until(({ type }) => type === "ready");
  });
  after(() => client.stop());

  const start = (params: object) => client.request<StartEndpointResult>(Method.startEndpoint, params);
  const statusAt = (url: string) =>
    fetch(`${url}/models`).then(
      ({ status }) => status,
      () => undefined,
    );

  it("starts, moves with a new key, and stops", async () => {
    const { url } = await start({ port: 0 });
    assert.equal(await statusAt(url), 200);
    const port = Number(new URL(url).port);
    assert.equal((await start({ port, apiKey: "secret" })).url, url);
    assert.equal(await statusAt(url), 401);
    await client.request(Method.stopEndpoint, {});
    assert.equal(await statusAt(url), undefined);
    await client.request(Method.stopEndpoint, {});
  });

  it("refuses invalid parameters, and explains a port that is taken", async () => {
    for (const params of [{}, { port: -1 }, { port: 70_000 }, { port: 0, apiKey: "" }])
      assert.match((await rejection(start(params))).message, /Invalid params/);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { message, data } = await rejection(start({ port: (other.address() as AddressInfo).port }));
    assert.match(message, /is in use by another program/);
    assert.match(String(data?.next), /Choose another port/);
    await new Promise((resolve) => other.close(resolve));
  });

  it("ends with the server", async () => {
    const { url } = await start({ port: 0 });
    await client.stop();
    assert.equal(await statusAt(url), undefined);
  });
});
