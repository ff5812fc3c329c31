/** Every command answers in every state of the server: it ends, and does not reject. */
import assert from "node:assert/strict";
import path from "node:path";
import { commands, extensions } from "vscode";
import { canFindProcesses } from "../../support/processes.ts";
import { EXTENSION_ID } from "./extension.ts";
import { FOLDER, get, killUntilGivenUp, runToEnd, select, set } from "./support.ts";

const { contributes } = extensions.getExtension(EXTENSION_ID)!.packageJSON;
const all: string[] = contributes.commands.map(({ command }: { command: string }) => command);

async function allAnswer(): Promise<void> {
  const failed: string[] = [];
  for (const command of all) {
    await select("cart.ts", 8, 12);
    await runToEnd(command).catch((error) => failed.push(`${command}: ${error}`));
  }
  assert.deepEqual(failed, []);
}

describe("every command answers", function () {
  this.timeout(900_000);
  const model = get("model") as string;
  afterEach(async () => {
    await set("model", model);
    await commands.executeCommand("nemotron.setBudget", "1024");
    await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await commands.executeCommand("workbench.action.closeAllEditors");
  });

  it("when the server is asleep, and there is no editor", async () => {
    await commands.executeCommand("workbench.action.closeAllEditors");
    for (const command of all) await runToEnd(command);
  });

  it("when no model is chosen", async () => {
    await set("model", "");
    await allAnswer();
  });

  it("when the model's file is missing", async () => {
    await set("model", path.join(FOLDER, "missing.gguf"));
    await allAnswer();
  });

  it("when the model is loaded", async () => {
    await runToEnd("nemotron.loadModel");
    await allAnswer();
  });

  it("when the server has been given up", async function () {
    if (!canFindProcesses) return this.skip();
    await runToEnd("nemotron.restartServer");
    await killUntilGivenUp();
    await allAnswer();
    await runToEnd("nemotron.restartServer");
  });
});
