/**
 * Hostile model files are checked before anything is loaded, in the language server too, when they arrive or are
 * imported.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EngineError } from "../../../../server/engine/engine.ts";
import { inspectModel } from "../../../../server/engine/modelFile/inspect.ts";
import { TOY } from "../../../support/client.ts";
import { string, u32, writeGguf } from "../../../support/gguf.ts";
import { hostileModel } from "../../../support/hostileModels.ts";
import { toy } from "../../../support/otherModels.ts";

const RUNS = Number(process.env.NEMOTRON_FUZZ_RUNS ?? 400);
const SEED = Number(process.env.NEMOTRON_FUZZ_SEED ?? 1);
/** Memory limit for inspecting a small file, bytes, whatever the file claims. */
const MEMORY = 300 * 1024 ** 2;
/** Limit of processor time, µs. */
const CPU = 2_000_000;

const number = (value: number | bigint, width: 4 | 8) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes.subarray(0, width);
};
const text = (value: string, length: number | bigint = value.length) =>
  Buffer.concat([number(length, 8), Buffer.from(value)]);
const gguf = (tensors: number | bigint, values: number | bigint, ...rest: Buffer[]) =>
  Buffer.concat([Buffer.from("GGUF"), number(3, 4), number(tensors, 8), number(values, 8), ...rest]);
const [STRING, ARRAY, U8] = [8, 9, 0];

/** Each of these files exhausts memory or time in the library's reader. */
const CLAIMS: Record<string, Buffer> = {
  "an array of 2^60 bytes": gguf(0, 1, text("a"), number(ARRAY, 4), number(U8, 4), number(2n ** 60n, 8)),
  "an array of 2^60 texts": gguf(0, 1, text("a"), number(ARRAY, 4), number(STRING, 4), number(2n ** 60n, 8)),
  "an array of 2^60 tokens": gguf(
    ...([0, 1, text("tokenizer.ggml.tokens"), number(ARRAY, 4), number(STRING, 4), number(2n ** 60n, 8)] as const),
  ),
  "a text of 3 GB": gguf(0, 1, text("a"), number(STRING, 4), number(3_000_000_000, 8)),
  "a text of 2^60 bytes": gguf(0, 1, text("a"), number(STRING, 4), number(2n ** 60n, 8)),
  "a key of 2^60 bytes": gguf(0, 1, text("a", 2n ** 60n)),
  "2^60 values": gguf(0, 2n ** 60n),
  "2^60 tensors": gguf(2n ** 60n, 0),
  "a tensor of 2^32 - 1 dimensions": gguf(1, 0, text("a"), number(2 ** 32 - 1, 4)),
  "arrays in arrays in arrays": gguf(
    ...([0, 1, text("a")] as const),
    ...Array.from({ length: 100_000 }, () => Buffer.concat([number(ARRAY, 4), number(ARRAY, 4), number(1, 8)])),
  ),
};

describe("a hostile model file", () => {
  let file: string;
  before(async () => {
    file = path.join(await mkdtemp(path.join(os.tmpdir(), "hostile-")), "model.gguf");
  });
  after(() => rm(path.dirname(file), { recursive: true }));

  /** Undefined when the file is accepted as a model. */
  const refusal = async (bytes: Buffer) => {
    await writeFile(file, bytes);
    try {
      await inspectModel(file);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof EngineError, String(error));
      assert.equal(error.code, "loadFailed");
      assert.ok(error.message && error.data.next);
      return error.message;
    }
  };
  const peak = () => process.resourceUsage().maxRSS * 1024;

  for (const [what, bytes] of Object.entries(CLAIMS))
    it(`is refused without allocating what it claims: ${what}`, async () => {
      const before = peak();
      assert.match((await refusal(bytes)) ?? "", /header/);
      assert.ok(peak() - before < MEMORY, `${peak() - before} bytes`);
    });

  it(`is refused with a reason or accepted, for ${RUNS} seeds from ${SEED} on`, async () => {
    const before = peak();
    let refused = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const started = process.cpuUsage();
      const reason = await refusal(hostileModel(seed)).catch((error) => {
        throw new Error(`seed ${seed}: ${error}`, { cause: error });
      });
      if (reason !== undefined) refused++;
      // Processor time: the machine may be busy with other things.
      const { user, system } = process.cpuUsage(started);
      assert.ok(user + system < CPU, `seed ${seed} took ${user + system} µs`);
    }
    assert.ok(peak() - before < MEMORY, `${peak() - before} bytes`);
    assert.ok(refused > RUNS / 4 && refused < RUNS, `${refused} of ${RUNS} were refused`);
  });

  it("does not change the prototype of objects through its keys", async () => {
    const { metadata, tensors } = toy();
    const key = "nemotron_h.__proto__.polluted";
    assert.match((await refusal(writeGguf({ metadata: new Map(metadata).set(key, u32(1)), tensors }))) ?? "", /header/);
    assert.equal("polluted" in {}, false);
  });

  it("is shown by the name it gives itself, without invisible characters and shortened", async () => {
    const { metadata, tensors } = toy();
    const name = `\u202eevil\u2069\n\u001b[31m ${"x".repeat(100_000)}`;
    await writeFile(file, writeGguf({ metadata: new Map(metadata).set("general.name", string(name)), tensors }));
    const model = await inspectModel(file);
    assert.match(model.name, /^\ufffdevil\ufffd \ufffd\[31m x+…$/);
    assert.equal(model.name.length, 100);
  });

  it("is distinguished from a valid one", async () => {
    const { name, toy, dialect, shape } = await inspectModel(TOY);
    assert.deepEqual([toy, dialect.id], [true, "nano-v2"]);
    assert.match(name, /toy/);
    assert.ok(shape.layers > 1 && shape.stateBytes > 0 && shape.kvBytesPerToken > 0);
  });
});
