/** The parts of the server's lifecycle that need neither an editor nor a server. */
import assert from "node:assert/strict";
import type { ReplyProgress } from "../../../../server/protocol.ts";
import { ActivityTracker } from "../../../../src/client/activity.ts";
import { reloads } from "../../../../src/client/reload.ts";
import { oneAtATime } from "../../../../src/client/serial.ts";

describe("oneAtATime", () => {
  /** A task whose runs are ended by the test. */
  function gated() {
    const runs: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const task = () => new Promise<void>((resolve, reject) => runs.push({ resolve, reject }));
    return { runs, ask: oneAtATime(task) };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it("runs once more for all calls made meanwhile, and again for later calls", async () => {
    const { runs, ask } = gated();
    const first = ask();
    const [second, third] = [ask(), ask()];
    assert.equal(runs.length, 1);
    runs[0]!.resolve();
    await first;
    await settled();
    assert.equal(runs.length, 2);
    runs[1]!.resolve();
    await Promise.all([second, third]);
    void ask();
    assert.equal(runs.length, 3);
  });

  it("runs a queued call even if the run before it failed", async () => {
    const { runs, ask } = gated();
    const first = ask();
    const second = ask();
    runs[0]!.reject(new Error("It failed."));
    await assert.rejects(first, /It failed/);
    await settled();
    runs[1]!.resolve();
    await second;
  });
});

describe("changed settings", () => {
  const model = { model: "/a.gguf", contextTokens: 8192, gpu: "auto" } as const;

  it("reload the model only if they change it in effect", () => {
    assert.equal(reloads({ asked: model, wanted: { ...model, gpuLayers: undefined }, unloaded: false }), false);
    assert.equal(reloads({ asked: model, wanted: { ...model, contextTokens: 4096 }, unloaded: false }), true);
    const remote = { remote: { baseUrl: "http://localhost:8000/v1" } };
    assert.equal(reloads({ asked: model, wanted: remote, unloaded: false }), true);
    assert.equal(reloads({ asked: remote, wanted: { remote: { ...remote.remote } }, unloaded: false }), false);
    const other = { remote: { ...remote.remote, model: "b" } };
    assert.equal(reloads({ asked: remote, wanted: other, unloaded: false }), true);
    assert.equal(reloads({ asked: model, wanted: { ...model, model: "/b.gguf" }, unloaded: false }), true);
  });

  it("load a first model, unload one that is no longer set, and leave an unloaded one alone", () => {
    assert.equal(reloads({ wanted: model, unloaded: false }), true);
    assert.equal(reloads({ asked: model, unloaded: false }), true);
    assert.equal(reloads({ unloaded: false }), false);
    assert.equal(reloads({ wanted: { ...model, threads: 2 }, unloaded: true }), false);
  });
});

describe("the activity of replies", () => {
  const answer = (tokens: number): ReplyProgress => ({ type: "answer", text: "x", tokens });

  it("is reading, with all replies' tokens together", () => {
    const activity = new ActivityTracker();
    assert.equal(activity.at(0), undefined);
    activity.begin("a");
    activity.begin("b");
    activity.progress("a", { type: "reading", read: 10, total: 40 }, 0);
    activity.progress("b", { type: "reading", read: 20, total: 60 }, 0);
    assert.deepEqual(activity.at(0), { type: "reading", read: 30, total: 100 });
    activity.end("b");
    assert.deepEqual(activity.at(0), { type: "reading", read: 10, total: 40 });
  });

  it("is a rate over the last two seconds, of thoughts and answers", () => {
    const activity = new ActivityTracker();
    activity.begin("a");
    for (let token = 1; token <= 100; token++)
      activity.progress("a", { type: "thought", text: "x", tokens: token }, token * 100);
    for (let token = 1; token <= 100; token++) activity.progress("a", answer(token), 10_000 + token * 25);
    assert.deepEqual(activity.at(12_500), { type: "generating", rate: 40 });
  });

  it("counts what came in one piece, falls when nothing comes, and ends with the reply", () => {
    const activity = new ActivityTracker();
    activity.begin("a");
    activity.progress("a", answer(5), 0);
    assert.equal(activity.at(100), undefined);
    activity.progress("a", answer(45), 1000);
    assert.deepEqual(activity.at(1000), { type: "generating", rate: 40 });
    assert.deepEqual(activity.at(2000), { type: "generating", rate: 20 });
    activity.end("a");
    assert.equal(activity.at(2000), undefined);
    activity.progress("a", answer(50), 2000);
    assert.equal(activity.at(2000), undefined);
  });
});
