/** What stays of a reply when its engine or the whole server dies, and what works afterwards. */
import assert from "node:assert/strict";
import { commands } from "vscode";
import { holdEngine } from "../../support/pace.ts";
import { canFindProcesses, findProcess, type Part, signal } from "../../support/processes.ts";
import { until } from "./extension.ts";
import { killUntilGivenUp, ourLog, pidOf, runToEnd, select, storedReply } from "./support.ts";

/** Explains the function `clamp` of cart.ts. */
const explainClamp = async () => {
  await select("cart.ts", 8, 12);
  await commands.executeCommand("nemotron.explainSelection");
};

/** Kills a process during the reply's thought. Resolves when the reply is over. */
async function killInMidReply(part: Part): Promise<void> {
  await select("cart.ts", 8, 12);
  const pace = await holdEngine(process.pid);
  const explained = commands.executeCommand("nemotron.explainSelection");
  await pace.step(10);
  await storedReply("thinking");
  signal(await pidOf(part), "SIGKILL");
  await pace.end();
  await explained;
}

describe("a crash", () => {
  before(async function () {
    if (!canFindProcesses) this.skip();
    await explainClamp();
    // On disk, too: the tests below wait for the state of the next reply.
    await storedReply("done");
  });

  it("of the engine keeps the partial reply, and the next question is answered", async () => {
    const before = await pidOf("engine");
    await killInMidReply("engine");
    const { reply } = await storedReply("interrupted");
    assert.ok(reply.thought.length > 0);
    assert.match(reply.error?.message ?? "", /ended/);
    await explainClamp();
    assert.match((await storedReply("done")).reply.answer, /keeps `x` between/);
    assert.notEqual(await pidOf("engine"), before);
  });

  it("of the server does not end the reply", async () => {
    const before = await pidOf("server");
    const engine = await pidOf("engine");
    await killInMidReply("server");
    const { reply } = await storedReply("done");
    assert.ok(reply.thought.length > 0);
    assert.match(reply.answer, /keeps `x` between/);
    assert.notEqual(await pidOf("server"), before);
    assert.equal(await pidOf("engine"), engine);
  });

  it("that repeats ends the restarts until the user asks for one", async function () {
    this.timeout(240_000);
    await killUntilGivenUp();
    assert.equal(findProcess(process.pid, "server"), undefined);
    await runToEnd("nemotron.restartServer");
    await explainClamp();
    assert.match((await storedReply("done")).reply.answer, /keeps `x` between/);
  });

  it("of the engine that repeats ends its restarts, and the next question loads the model again", async function () {
    this.timeout(240_000);
    await until("the engine is given up", () => {
      const engine = findProcess(process.pid, "engine");
      if (engine) signal(engine, "SIGKILL");
      return /This has happened \d+ times/.test(ourLog()) || undefined;
    });
    await explainClamp();
    assert.match((await storedReply("done")).reply.answer, /keeps `x` between/);
  });
});
