/** Reading ahead for an edit, while its instruction is being typed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  type ChatResult,
  type EditResult,
  Method,
  type PrepareResult,
  type ReplyProgress,
} from "../../server/protocol.ts";
import { Client, rejection, type Streaming } from "../support/client.ts";
import { held, Pace, WITH_PACE } from "../support/pace.ts";

const CART = readFileSync("test/samples/cart.ts", "utf8");
/** `isEven` of the sample. */
const range = { start: { line: 21, character: 0 }, end: { line: 28, character: 0 } };
const instruction = "make it shorter, and keep what it does";

describe("nemotron/prepareEdit", () => {
  let client: Client;
  let opened = 0;
  before(async () => {
    client = await Client.toy([], { env: WITH_PACE });
    await client.ready();
  });
  after(() => client.stop());

  /** Opens a new file with a comment of this many lines inside the edited function. */
  async function open(comment = 0): Promise<{ uri: string; version: number }> {
    const uri = `untitled:prepared${++opened}.ts`;
    const lines = Array.from({ length: comment }, (_, i) => `    // ${uri} ${i}\n`);
    const [head, tail] = CART.replaceAll("isEven", `isEven${opened}`).split(/(?<=isEven\d+\(n: number\) \{\n)/);
    await client.open(uri, "typescript", head + lines.join("") + tail);
    return { uri, version: 1 };
  }

  const prepare = (textDocument: object, typed: string, where = range): Streaming<PrepareResult> => {
    const params = { textDocument, range: where, instruction: typed };
    const prepared = client.stream<PrepareResult>(Method.prepareEdit, params);
    prepared.result.catch(() => {});
    return prepared;
  };

  /** How many tokens an edit reads before its answer. The answer itself does not matter here. */
  async function tokensRead(textDocument: object, where = range): Promise<number> {
    let read: Extract<ReplyProgress, { type: "reading" }> | undefined;
    const params = { textDocument, range: where, instruction };
    const { result } = client.stream<EditResult>(Method.edit, params, (progress) => {
      if (progress.type === "reading") read ??= progress;
    });
    await result.catch(() => {});
    return read?.total ?? 0;
  }

  it("leaves only the instruction's last word to be read", async () => {
    const [plain, prepared] = [await open(), await open()];
    const { readTokens, interrupted } = await prepare(prepared, instruction.replace(/ \S+$/, " d")).result;
    assert.equal(interrupted, false);
    const [alone, after] = [await tokensRead(plain), await tokensRead(prepared)];
    assert.ok(readTokens > 100 && alone > 100, `read ahead ${readTokens}, alone ${alone}`);
    assert.ok(after <= 32, `read ${after}`);
  });

  it("continues from what earlier calls have read, cancelled or not", async () => {
    const document = await open(40);
    const where = { start: range.start, end: { line: 68, character: 0 } };
    const last = await held({ pid: client.enginePid()! }, async (pace) => {
      let last = prepare(document, "", where);
      let [calls, cancelled] = [1, 0];
      for (let typed = 4; typed < instruction.length; typed += 8) {
        await pace.received("prepare", calls++);
        await pace.step();
        if (typed % 16 === 4) {
          last.cancel();
          await pace.received("cancel", ++cancelled);
        }
        last = prepare(document, instruction.slice(0, typed), where);
      }
      await pace.received("prepare", calls);
      return last;
    });
    assert.equal((await last.result).interrupted, false);
    const read = await tokensRead(document, where);
    assert.ok(read <= 40, `read ${read}`);
  });

  it("reads into the edit's slot, not into the chat's", async () => {
    const messages = [{ role: "user" as const, content: "Hello" }];
    const thinking = { mode: "off" as const };
    const { answer } = await client.chat({ messages, thinking });
    await (await Pace.of(client.enginePid()!)).quiet();
    await prepare(await open(), instruction).result;
    const followUp = await client.request<ChatResult>(Method.chat, {
      messages: [...messages, { role: "assistant", content: answer }, { role: "user", content: "Thank you" }],
      thinking,
    });
    assert.ok(followUp.usage.readTokens <= 24, `read ${followUp.usage.readTokens}`);
  });

  it("yields to an edit, and ends soon after a cancel", async () => {
    const [long, short] = [await open(150), await open()];
    const where = { start: range.start, end: { line: 178, character: 0 } };
    await held({ pid: client.enginePid()!, of: ["idle"] }, async (pace) => {
      const running = prepare(long, "", where);
      await pace.step();
      await pace.stepUntil(tokensRead(short));
      running.cancel();
      const answer = await pace.stepUntil(running.result.catch((error: { code: number }) => error.code));
      // The edit did not wait until everything was read ahead.
      assert.ok(answer === -32800 || (typeof answer === "object" && answer.interrupted), JSON.stringify(answer));
    });
  });

  it("refuses what the edit would refuse, except an empty instruction", async () => {
    const document = await open();
    assert.equal((await rejection(prepare({ ...document, version: 2 }, "").result)).code, -32801);
    assert.equal((await rejection(prepare({ uri: 1 }, "").result)).code, -32602);
    const edit = client.request(Method.edit, { textDocument: document, range, instruction: " " });
    assert.equal((await rejection(edit)).code, -32602);
  });
});
