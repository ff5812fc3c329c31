/** A hostile model file may end the engine process. The language server reports that, and loads the next one. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { inspectModel } from "../../server/engine/modelFile/inspect.ts";
import { ErrorCode, Method } from "../../server/protocol.ts";
import { Client, rejection, TOY } from "../support/client.ts";
import { string, writeGguf } from "../support/gguf.ts";
import { hostileModel } from "../support/hostileModels.ts";
import { toy } from "../support/otherModels.ts";

/** How many files to load that pass the inspection. test/unit/engine/modelFile/inspect.test.ts covers the others. */
const LOADS = Number(process.env.NEMOTRON_FUZZ_LOADS ?? 3);
/** Time-out for one of them, ms. */
const LOAD_TIMEOUT_MS = 60_000;
const SEED = Number(process.env.NEMOTRON_FUZZ_SEED ?? 31);
const ping = { messages: [{ role: "user" as const, content: "ping" }], thinking: { mode: "off" as const } };

const passes = (file: string) =>
  inspectModel(file).then(
    () => true,
    () => false,
  );

describe("hostile model files", () => {
  let client: Client;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "hostile-"));
    client = await Client.start();
  });
  after(async () => {
    await client.stop();
    await rm(folder, { recursive: true });
  });

  it(`are loaded or refused with a reason, ${LOADS} by seeds from ${SEED} on, and a good one after them answers`, async function () {
    this.timeout(LOADS * LOAD_TIMEOUT_MS);
    const outcomes: Record<string, number> = {};
    for (let [seed, loads] = [SEED, 0]; loads < LOADS; seed++) {
      // A model of the same name would count as already loaded.
      const file = path.join(folder, `${seed}.gguf`);
      await writeFile(file, hostileModel(seed));
      if (!(await passes(file))) continue;
      loads++;
      const outcome = await client.request(Method.load, { model: file, gpu: "off", contextTokens: 2048 }).then(
        async () => {
          // The reply is nonsense, or the engine dies; the request only has to end.
          await client.chat({ ...ping, maxTokens: 2 }).catch(() => {});
          return "loaded";
        },
        ({ code, data }) => {
          assert.ok([ErrorCode.loadFailed, ErrorCode.engineCrashed].includes(code), `seed ${seed}: ${code}`);
          assert.ok(data.reason && data.next, `seed ${seed}`);
          return data.name;
        },
      );
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      assert.equal(client.process.exitCode, null, `seed ${seed} has ended the server`);
    }
    assert.ok(Object.keys(outcomes).length > 1, JSON.stringify(outcomes));
    await client.request(Method.load, { model: TOY, gpu: "off" });
    assert.match((await client.chat(ping)).answer, /pong/);
  });

  it("run nothing through their template: it is only recognised, and prompts use the project's own layout", async () => {
    const { metadata, tensors } = toy();
    const marks = "<SPECIAL_10><SPECIAL_11><think><TOOLCALL>";
    const endless = `{% for i in range(10**12) %}{{ messages }}{% endfor %}{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}${marks}`;
    const template = string(endless + "{{".repeat(100_000));
    const file = path.join(folder, "template.gguf");
    await writeFile(file, writeGguf({ metadata: new Map(metadata).set("tokenizer.chat_template", template), tensors }));
    await client.request(Method.load, { model: file, gpu: "off" });
    assert.match((await client.chat(ping)).answer, /pong/);
  });

  it("are refused on import, by the server itself", async () => {
    // A header that claims 2^60 values.
    const claim = Buffer.alloc(24);
    claim.write("GGUF");
    claim.writeUInt32LE(3, 4);
    claim.writeBigUInt64LE(2n ** 60n, 16);
    const file = path.join(folder, "claim.gguf");
    await writeFile(file, claim);
    const { code, message } = await rejection(client.request(Method.importModel, { path: file, copy: false }));
    assert.equal(code, ErrorCode.loadFailed);
    assert.match(message, /header/);
    assert.equal(client.process.exitCode, null);
  });
});
