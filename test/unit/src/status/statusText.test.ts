import assert from "node:assert/strict";
import type { ModelInfo } from "../../../../server/protocol.ts";
import type { ServerStatus } from "../../../../src/errors/serverError.ts";
import { accessibleLabel, type StatusView, statusText } from "../../../../src/status/statusText.ts";

const GiB = 1024 ** 3;
const model: ModelInfo = {
  path: "/models/nano.gguf",
  name: "Nemotron Nano 9B v2",
  toy: false,
  backend: "cuda",
  gpuLayers: 57,
  totalLayers: 57,
  threads: 4,
  contextTokens: 32_768,
  editContextTokens: 8192,
  memory: { weights: 6 * GiB, state: 0.4 * GiB, kv: 0.8 * GiB, compute: 0.6 * GiB, checkpoints: GiB, gpu: 7.8 * GiB },
  notes: [],
};
const busy: ServerStatus = { type: "busy", model, requests: 1 };
const view = (status: ServerStatus, more: Partial<StatusView> = {}) =>
  statusText({ status, budget: "1024", modelChosen: true, ...more });

describe("the status bar", () => {
  it("names the model's backend when a better one failed, and says why", () => {
    const reason = "cuda is not used: No NVIDIA card with a driver was found.";
    const failedBackends = [{ backend: "cuda" as const, reason }];
    const fallen = { ...model, backend: "vulkan" as const, device: "RTX", notes: [reason], failedBackends };
    const shown = view({ type: "ready", model: fallen });
    assert.equal(shown.text, "$(lightbulb) Nemotron 1K (Vulkan)");
    assert.equal(shown.fellBack, true);
    assert.ok(shown.details.includes(reason));
    assert.match(shown.details[0]!, /\(vulkan, RTX\)/);
    assert.equal(view({ type: "ready", model }).fellBack, false);
  });

  it("has something to say, and something to click, for every state", () => {
    const failure = { reason: "It ended.", next: "Load it again." };
    const states: [ServerStatus, string, string][] = [
      [{ type: "asleep" }, "$(lightbulb) Nemotron 1K", "loadModel"],
      [{ type: "starting" }, "$(loading~spin) Nemotron starting", "toggleThinking"],
      [{ type: "noModel" }, "$(lightbulb) Nemotron: not loaded", "loadModel"],
      [{ type: "loading", path: "/m", progress: 0.42, attempt: 1 }, "$(loading~spin) Nemotron 42 %", "toggleThinking"],
      [{ type: "ready", model }, "$(lightbulb) Nemotron 1K", "toggleThinking"],
      [busy, "$(loading~spin) Nemotron working", "toggleThinking"],
      [{ type: "failed", ...failure }, "$(error) Nemotron", "showProblem"],
      [{ type: "down", ...failure, retryInMs: 500 }, "$(warning) Nemotron", "showProblem"],
    ];
    for (const [status, text, command] of states) {
      const shown = view(status);
      assert.equal(shown.text, text);
      assert.equal(shown.command, command);
      assert.ok(shown.details.join().length > 8, status.type);
      assert.doesNotMatch(accessibleLabel(shown), /\$\(|\.\./);
    }
  });

  it("leads to the choice of a model when none was chosen", () => {
    for (const type of ["asleep", "starting", "noModel"] as const) {
      const { command, text } = view({ type }, { modelChosen: false });
      assert.equal(command, "chooseModel");
      assert.match(text, /choose a model/);
    }
  });

  it("shows a download beside its usual text", () => {
    const download = { id: "x", name: "Nemotron Nano 9B v2", share: 0.424, text: "2.8 GB of 6.5 GB · 40 MB/s" };
    const without = view({ type: "noModel" }, { modelChosen: false, download });
    assert.deepEqual([without.text, without.command], ["$(cloud-download) Nemotron 42 %", "chooseModel"]);
    const beside = view({ type: "ready", model }, { download });
    assert.deepEqual(
      [beside.text, beside.command],
      ["$(lightbulb) Nemotron 1K $(cloud-download) 42 %", "toggleThinking"],
    );
    for (const { details } of [without, beside])
      assert.equal(details[0], "Downloading Nemotron Nano 9B v2: 2.8 GB of 6.5 GB · 40 MB/s");
    assert.doesNotMatch(accessibleLabel(beside), /\$\(/);
  });

  it("shows mode and budget at a glance", () => {
    const ready = { type: "ready", model } as const;
    assert.equal(view(ready, { budget: "unlimited" }).text, "$(lightbulb) Nemotron ∞");
    assert.equal(view(ready, { budget: "off" }).text, "$(zap) Nemotron no thinking");
    assert.match(view(ready, { budget: "off" }).details.at(-1)!, /answers at once\. .*switch thinking on/);
  });

  it("shows how fast it generates, and how far it has read", () => {
    assert.match(view(busy, { activity: { type: "generating", rate: 41.4 } }).text, / 41 tok\/s$/);
    assert.match(view(busy, { activity: { type: "generating", rate: 3.14 } }).text, / 3\.1 tok\/s$/);
    assert.match(view(busy, { activity: { type: "reading", read: 34, total: 100 } }).text, / reading 34 %$/);
    assert.match(view(busy, { activity: { type: "reading", read: 0, total: 0 } }).text, / reading 0 %$/);
  });

  it("shows memory and context, and what to do about an error", () => {
    const details = view({ type: "ready", model }).details.join("\n");
    assert.match(details, /57 of 57 layers on the GPU/);
    assert.match(details, /32,768 tokens/);
    assert.match(details, /7\.8 GiB, 7\.8 GiB of it on the GPU/);
    const failed = view({ type: "failed", reason: "It ended.", next: "Load it again." });
    assert.equal(failed.severity, "error");
    assert.match(failed.details[0]!, /It ended\. Load it again\./);
    const retrying = view({ type: "down", reason: "It ended.", next: "It is restarting.", retryInMs: 500 });
    assert.equal(retrying.severity, "warning");
  });

  it("names the host that code is sent to, before and after it is connected to", () => {
    const remote = { host: "gpu.example.com:8000", leavesMachine: true, encrypted: false };
    const asleep = view({ type: "asleep" }, { remote });
    assert.equal(asleep.text, "$(cloud-upload) Nemotron 1K · gpu.example.com:8000");
    assert.match(accessibleLabel(asleep), /Your code is sent to gpu\.example\.com:8000.*not encrypted/);
    const there = { ...model, name: "big", remote: { ...remote, encrypted: true, estimated: true } };
    const ready = view({ type: "ready", model: there }, { remote, budget: "off" });
    assert.equal(ready.text, "$(cloud-upload) Nemotron no thinking · gpu.example.com:8000");
    const details = ready.details.join("\n");
    assert.match(details, /big at gpu\.example\.com:8000\nYour code is sent/);
    assert.doesNotMatch(details, /Memory|layers|not encrypted/);
    assert.match(view(busy, { remote }).text, / working · gpu\.example\.com:8000$/);
    const own = view({ type: "ready", model: { ...there, remote: { ...there.remote, leavesMachine: false } } });
    assert.equal(own.text, "$(lightbulb) Nemotron 1K");
    assert.doesNotMatch(own.details.join(), /is sent/);
    assert.match(
      view({ type: "failed", reason: "It ended.", next: "Wait." }, { remote }).details.join(),
      /Your code is sent/,
    );
  });

  it("shows where other programs can use the model, while they can", () => {
    const { text, details } = view({ type: "ready", model }, { endpoint: "http://localhost:8000/v1" });
    assert.equal(text, "$(lightbulb) Nemotron 1K $(broadcast) 8000");
    assert.equal(details.at(-1), "OpenAI endpoint: http://localhost:8000/v1");
    assert.match(accessibleLabel({ text, details, command: "toggleThinking" }), /^Nemotron 1K 8000\. .*localhost:8000/);
    assert.equal(view({ type: "ready", model }).text, "$(lightbulb) Nemotron 1K");
  });

  it("shows who else uses the engine, and all its memory on one line", () => {
    const others = { windows: 1, editors: 0, terminals: 1, busy: false };
    const { details } = view({ type: "ready", model, others, heldBytes: 1.9 * GiB });
    assert.ok(details.includes("Also used by 1 other window and a terminal."));
    assert.deepEqual(
      details.filter((line) => line.startsWith("Memory")),
      ["Memory: 7.8 GiB on the GPU, 1.9 GiB of RAM in use"],
    );
    const cpu = { ...model, memory: { ...model.memory, gpu: 0 } };
    assert.ok(
      view({ type: "ready", model: cpu, heldBytes: 7.2 * GiB }).details.includes("Memory: 7.2 GiB of RAM in use"),
    );
    assert.ok(
      view({ type: "ready", model: cpu, heldBytes: 0.25 * GiB }).details.includes("Memory: 256 MiB of RAM in use"),
    );
    const alone = view({ type: "ready", model, others: { ...others, windows: 0, terminals: 0 } });
    assert.doesNotMatch(alone.details.join(), /used by|Busy/);
  });

  it("shows for whom it waits, and ignores work that is only for others", () => {
    const others = { windows: 2, editors: 0, terminals: 0, busy: true };
    const waiting = view({ ...busy, others });
    assert.equal(waiting.text, "$(loading~spin) Nemotron waiting");
    assert.ok(waiting.details.includes("Busy for another window"));
    assert.match(view({ ...busy, others }, { activity: { type: "generating", rate: 41.4 } }).text, /tok\/s$/);
    assert.equal(view({ type: "ready", model, others }).text, "$(lightbulb) Nemotron 1K");
    assert.equal(view({ ...busy, requests: 0, others }).text, "$(lightbulb) Nemotron 1K");
  });

  it("says why a model is gone, and that it comes back", () => {
    const { details, command } = view({ type: "noModel", reason: "Unloaded by another window." });
    assert.equal(command, "loadModel");
    assert.deepEqual(details, [
      "Unloaded by another window.",
      "The next request loads it again. Click to load it now.",
    ]);
  });

  it("leads to the choice between two models, and to a reload after an update", () => {
    const shown = view({ type: "refused", name: "otherModel", reason: "Another one is loaded.", next: "" });
    assert.deepEqual([shown.text, shown.command], ["$(warning) Nemotron: other model", "showProblem"]);
    assert.deepEqual(shown.details, ["Another one is loaded.", "Click to choose."]);
    const updated = view({ type: "refused", name: "otherVersion", reason: "It was updated.", next: "" });
    assert.equal(updated.text, "$(warning) Nemotron: reload");
  });

  it("says that a model is not the one that this window's settings name", () => {
    const other = view({ type: "ready", model }, { wanted: "/models/other.Q8_0.gguf" });
    assert.equal(other.other, true);
    assert.ok(other.details.includes("This window is set to use other.Q8_0."));
    const same = view({ type: "ready", model }, { wanted: model.path });
    assert.equal(same.other, false);
    assert.doesNotMatch(same.details.join(), /settings/);
  });

  it("says that the toy is a toy", () => {
    assert.match(view({ type: "ready", model: { ...model, toy: true } }).details.join(), /toy/);
  });
});
