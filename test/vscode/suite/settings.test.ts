/** Settings take effect, and commands change them. */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { commands } from "vscode";
import { until } from "./extension.ts";
import { FOLDER, get, ourLog, runToEnd, set } from "./support.ts";

const loads = () => ourLog().match(/ is loaded on the CPU/g)?.length ?? 0;

describe("settings", () => {
  const model = get("model") as string;

  it("for thinking follow the switch", async () => {
    await commands.executeCommand("nemotron.toggleThinking");
    assert.equal(get("thinking.mode"), "off");
    await commands.executeCommand("nemotron.toggleThinking");
    assert.equal(get("thinking.mode"), "on");
  });

  it("for thinking take a budget, which switches it on", async () => {
    await commands.executeCommand("nemotron.toggleThinking");
    await commands.executeCommand("nemotron.setBudget", "2048");
    assert.deepEqual([get("thinking.mode"), get("thinking.budget.chat")], ["on", "2048"]);
    await runToEnd("nemotron.setBudget", "as much as it likes");
    assert.equal(get("thinking.budget.chat"), "2048");
    await commands.executeCommand("nemotron.setBudget", "1024");
  });

  it("of the engine reach it at once", async () => {
    await runToEnd("nemotron.loadModel");
    await set("trace.server", "messages");
    const told = () => ourLog().match(/nemotron\/policy: told/g)?.length ?? 0;
    const before = told();
    await set("engine.keepAliveMinutes", 2.5);
    await until("the server is told", () => told() > before || undefined);
    await set("engine.keepAliveMinutes", undefined);
    await until("it is told that it is as before", () => told() > before + 1 || undefined);
    await set("trace.server", undefined);
  });

  it("for the model load another one, and the same one only once", async () => {
    await runToEnd("nemotron.loadModel");
    const before = await until("the model is loaded", loads);
    const other = path.join(FOLDER, "other.gguf");
    copyFileSync(model, other);
    await set("model", other);
    await until("the other model is loaded", () => loads() > before || undefined);
    await set("threads", 1);
    await until("it is loaded anew with one thread", () => loads() > before + 1 || undefined);
    await set("threads", undefined);
    await set("model", model);
    await until("the first model is loaded again", () => loads() > before + 2 || undefined);
  });
});
