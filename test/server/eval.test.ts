/** The evaluation measures: a model that says what is right passes all cases, one that is wrong or silent none. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Case, loadCases } from "../eval/cases.ts";
import { evaluate, idOf, type Run, type Settings } from "../eval/evaluate.ts";
import { type Says, scriptFor } from "../eval/script.ts";
import { comparison, hasPassed, type Results, table } from "../eval/table.ts";
import { keptClient, type World } from "../eval/world.ts";
import { Client } from "../support/client.ts";
import { ScriptedEngine, type ScriptedReply } from "../support/scriptedEngine.ts";

const SETTINGS: Settings = { thinking: "usual", seconds: 120, seed: 1 };
const cases = loadCases();
/** How many runs the usual settings make: explanations and calls run with and without a thought. */
const RUNS = cases.reduce((sum, { kind }) => sum + (kind === "explain" || kind === "tools" ? 2 : 1), 0);

describe("the evaluation over a script", () => {
  let folder: string;
  let script: string;
  const kept = keptClient(() =>
    Client.start({ module: "dist/test/support/scriptedServer.mjs", env: { NEMOTRON_SCRIPT: script } }),
  );
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-scripts-")));
    script = path.join(folder, "script.json");
    writeFileSync(script, "[]");
  });
  after(async () => {
    await kept.stop();
    rmSync(folder, { recursive: true });
  });

  const world = (begin: (one: Case) => void): World => ({
    engine: new ScriptedEngine(script),
    client: kept.client,
    begin,
    close: kept.stop,
  });
  const saying = (says: Says) => world((one) => writeFileSync(script, JSON.stringify(scriptFor(one, says))));
  const some = (...names: string[]) => names.flatMap((name) => loadCases(name));

  it("passes all that is right", async () => {
    const runs = await evaluate(cases, saying("right"), SETTINGS);
    assert.deepEqual(
      runs.filter((run) => !hasPassed(run)),
      [],
    );
    assert.equal(runs.length, RUNS);
    const sum = (count: "steps" | "rewinds" | "over" | "thoughtTokens") =>
      runs.reduce((sum, run) => sum + run[count], 0);
    assert.ok(sum("steps") >= 3 * 23 + 80 && sum("thoughtTokens") > 300);
    assert.deepEqual([sum("rewinds"), sum("over")], [0, 0]);
    assert.match(table(runs), new RegExp(`^all +${RUNS} of ${RUNS} `, "m"));
  });

  it("passes none where the model says nothing", async () => {
    const runs = await evaluate(cases, saying("nothing"), SETTINGS);
    assert.deepEqual(runs.filter(hasPassed).map(idOf), []);
    assert.ok(runs.length === RUNS && runs.some(({ rewinds }) => rewinds === 2));
  });

  it("passes none where the model says what is wrong", async () => {
    // The unit tests try the wrong changes of all cases.
    const runs = await evaluate(some("agent/js", "edit/go", "tools"), saying("wrong"), SETTINGS);
    assert.deepEqual(runs.filter(hasPassed).map(idOf), []);
    assert.ok(runs.some(({ why }) => why?.startsWith("its check fails")));
  });

  it("goes on after a run that takes too long, and after a server that dies, and leaves nothing behind", async () => {
    const before = readdirSync(os.tmpdir()).filter((name) => name.startsWith("nemotron-eval-"));
    const waits: ScriptedReply[] = [{ match: "", thought: "wait", answer: "wait", holds: "wait" }];
    const right = (one: Case) => writeFileSync(script, JSON.stringify(scriptFor(one, "right")));
    const slow = world(() => writeFileSync(script, JSON.stringify(waits)));
    const [late, asLate] = await evaluate(some("edit/ts-generic", "agent/go-bounds"), slow, {
      ...SETTINGS,
      seconds: 1,
    });
    for (const run of [late, asLate]) assert.match(run!.why!, /longer than 1 s/);
    const { process: server } = await kept.client();
    const dying = world((one) => {
      if (one.name !== "ts-generic") return right(one);
      writeFileSync(script, JSON.stringify(waits));
      void kept.client().then((client) => client.reached().then(() => server.kill("SIGKILL")));
    });
    const runs = await evaluate(some("edit/ts-generic", "edit/ts-together"), dying, SETTINGS);
    assert.deepEqual(runs.map(hasPassed), [false, true]);
    assert.match(runs[0]!.why!, /server ended|[Cc]onnection/);
    assert.deepEqual(
      readdirSync(os.tmpdir()).filter((name) => name.startsWith("nemotron-eval-") && !before.includes(name)),
      [],
    );
  });

  it("runs each case as the settings say", async () => {
    const [one] = some("edit/go-range") as [Case];
    const both = await evaluate([one], saying("right"), { ...SETTINGS, thinking: "both" });
    assert.deepEqual(both.map(idOf), ["edit/go-range thinking", "edit/go-range at once"]);
  });

  it("says what got better and worse", () => {
    const run: Run = {
      ...{ kind: "edit", name: "a", thinking: false, seconds: 2 },
      ...{ steps: 1, rewinds: 0, readTokens: 100, thoughtTokens: 0, answerTokens: 10, over: 0 },
    };
    const results = (model: string, runs: Run[]): Results => ({
      ...{ model, backend: "cpu", node: "v20", settings: SETTINGS },
      runs,
    });
    const old = results("Old", [run, { ...run, name: "b", why: "it fails" }, { ...run, name: "c" }]);
    const now = results("New", [
      { ...run, why: "broken" },
      { ...run, name: "b", readTokens: 200 },
    ]);
    const text = comparison(old, now);
    assert.match(text, /^New compared with Old, 2 runs; 1 are only in one of both\n/);
    assert.match(text, /\nWorse: 1\n {2}edit\/a at once: broken\nBetter: 1\n {2}edit\/b at once\n/);
    assert.match(text, /\nread +200 +300 +\+50 %\n/);
    assert.match(comparison(old, old), /\nWorse: none\nBetter: none\n/);
  });
});
