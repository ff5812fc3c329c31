/** One engine for all callers, whichever works behind it. */
import assert from "node:assert/strict";
import type { Engine } from "../../../server/engine/engine.ts";
import type { LoadParams, ModelInfo, Status } from "../../../server/protocol.ts";
import { Engines } from "../../../server/remote/engines.ts";

const INFO: ModelInfo = {
  path: "",
  name: "",
  toy: false,
  backend: "cpu",
  gpuLayers: 0,
  totalLayers: 0,
  threads: 0,
  contextTokens: 0,
  editContextTokens: 0,
  memory: { weights: 0, state: 0, kv: 0, compute: 0, checkpoints: 0, gpu: 0 },
  notes: [],
};

function recorder(name: string, log: string[]): Engine {
  let status: Status = { type: "noModel" };
  const listeners: ((status: Status) => void)[] = [];
  const set = (next: Status) => {
    status = next;
    for (const listener of listeners) listener(next);
  };
  const model = { ...INFO, name };
  return {
    get status() {
      return status;
    },
    onStatus: (listener) => void listeners.push(listener),
    load: async (_: LoadParams) => {
      log.push(`${name} loads`);
      set({ type: "ready", model });
      return model;
    },
    unload: async () => {
      log.push(`${name} unloads`);
      set({ type: "noModel" });
    },
    model: async () => model,
    respond: () => {
      throw new Error(`${name} responds`);
    },
    prepare: async () => ({ readTokens: 0, interrupted: false }),
    countPrompt: async () => 1,
    countTokens: async () => [1],
    dispose: async () => void log.push(`${name} is disposed of`),
  };
}

describe("the engines", () => {
  it("act as one, chosen by what is loaded; the other one is unloaded and reports no status", async () => {
    const log: string[] = [];
    const engines = new Engines(recorder("local", log), recorder("remote", log));
    const statuses: string[] = [];
    engines.onStatus((status) => statuses.push(status.type === "ready" ? status.model.name : status.type));
    assert.equal((await engines.load({ model: "/m.gguf" })).name, "local");
    assert.equal((await engines.load({ remote: { baseUrl: "http://localhost/v1" } })).name, "remote");
    assert.equal((await engines.model()).name, "remote");
    assert.equal((await engines.load({ model: "/m.gguf" })).name, "local");
    assert.deepEqual(statuses, ["local", "remote", "local"]);
    assert.deepEqual(log, ["local loads", "remote loads", "local unloads", "local loads", "remote unloads"]);
    assert.equal(engines.status.type, "ready");
    await engines.dispose();
    assert.deepEqual(log.slice(-2), ["local is disposed of", "remote is disposed of"]);
  });

  it("keep replies and conversations only on this machine, whatever is loaded", async () => {
    const log: string[] = [];
    const { signal } = new AbortController();
    const local: Engine = {
      ...recorder("local", log),
      resume: (replyId) => {
        throw new Error(`local resumes ${replyId}`);
      },
      forget: async (conversation) => void log.push(`local forgets ${conversation}`),
      setPolicy: ({ lowMemory }) => void log.push(`local may ${lowMemory}`),
    };
    const engines = new Engines(local, recorder("remote", log));
    await engines.load({ remote: { baseUrl: "http://localhost/v1" } });
    log.length = 0;
    assert.throws(() => engines.resume("r1", signal), /local resumes r1/);
    await engines.forget("c1");
    engines.setPolicy({ lowMemory: "unload" });
    assert.deepEqual(log, ["local forgets c1", "local may unload"]);
    const bare = new Engines(recorder("local", log), recorder("remote", log));
    assert.throws(() => bare.resume("r1", signal), { code: "noReply" });
    await bare.forget("c1");
    bare.setPolicy({});
  });
});
