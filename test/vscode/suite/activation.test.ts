import assert from "node:assert/strict";
import { commands, extensions, lm, workspace } from "vscode";
import { canFindProcesses, findProcess } from "../../support/processes.ts";
import { EXTENSION_ID, until } from "./extension.ts";

describe("the extension", () => {
  it("is installed, and activates on its own", async () => {
    const extension = extensions.getExtension(EXTENSION_ID);
    assert.ok(extension, "is installed");
    await until("activation", () => extension.isActive);
  });

  it("registers every command of its manifest", async () => {
    const { contributes } = extensions.getExtension(EXTENSION_ID)!.packageJSON;
    const declared = contributes.commands.map(({ command }: { command: string }) => command);
    const registered = new Set(await commands.getCommands(true));
    assert.ok(declared.length > 0);
    assert.deepEqual(
      declared.filter((command: string) => !registered.has(command)),
      [],
    );
  });

  it("offers its model to other extensions without starting the server", async () => {
    const [model, ...others] = await until("the model is offered", async () => {
      const models = await lm.selectChatModels({ vendor: "nemotron" });
      return models.length > 0 ? models : undefined;
    });
    assert.deepEqual([model?.id, model?.maxInputTokens, others], ["local", 4096, []]);
    if (canFindProcesses) assert.equal(findProcess(process.pid, "server"), undefined);
  });

  it("is set to the toy model, in a workspace that is a copy", () => {
    assert.match(workspace.getConfiguration("nemotron").get<string>("model") ?? "", /nemotron-h-toy\.gguf$/);
    assert.doesNotMatch(workspace.workspaceFolders![0]!.uri.fsPath, /test.samples/);
  });
});
