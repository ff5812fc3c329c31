/** Edits by commands, with the real server and the toy model: the document in VS Code's API. */
import assert from "node:assert/strict";
import { type CodeLens, commands, type TextDocument, window } from "vscode";
import { holdEngine } from "../../support/pace.ts";
import { canFindProcesses, type Part, signal } from "../../support/processes.ts";
import { until } from "./extension.ts";
import { get, pidOf, runToEnd, select, set } from "./support.ts";

/** The first and last line of the method `isEven` in cart.ts, 0-based. */
const IS_EVEN = [21, 27] as const;

async function selected(): Promise<TextDocument> {
  await select("cart.ts", ...IS_EVEN);
  return window.activeTextEditor!.document;
}
const lenses = async ({ uri }: TextDocument, command: string) =>
  ((await commands.executeCommand<CodeLens[]>("vscode.executeCodeLensProvider", uri)) ?? []).filter(
    (lens) => lens.command?.command === `nemotron.${command}`,
  );
const simpler = (text: string) => text.replace(/ {4}if \(n % 2[\s\S]*?\n {4}\}\n/, "    return n % 2 === 0;\n");

describe("edits", () => {
  let original: string;
  beforeEach(async () => {
    original = (await selected()).getText();
  });
  afterEach(() => commands.executeCommand("workbench.action.revertAndCloseActiveEditor"));

  it("are proposed, and undone in one step, and redone", async () => {
    const document = await selected();
    await commands.executeCommand("nemotron.simplify");
    const proposed = document.getText();
    assert.equal(proposed, simpler(original));
    assert.equal((await lenses(document, "keepHunk")).length, 1);
    await commands.executeCommand("undo");
    assert.equal(document.getText(), original);
    assert.equal((await lenses(document, "keepHunk")).length, 0);
    await commands.executeCommand("redo");
    assert.equal(document.getText(), proposed);
    assert.equal((await lenses(document, "keepHunk")).length, 1);
  });

  it("are undone exactly by the lens's command", async () => {
    const document = await selected();
    await commands.executeCommand("nemotron.simplify");
    const [lens] = await lenses(document, "undoHunk");
    await commands.executeCommand(lens!.command!.command, ...(lens!.command!.arguments ?? []));
    assert.equal(document.getText(), original);
  });

  it("stay when they are kept", async () => {
    const document = await selected();
    await commands.executeCommand("nemotron.simplify");
    await commands.executeCommand("nemotron.keepAll");
    assert.equal(document.getText(), simpler(original));
    assert.equal((await lenses(document, "keepHunk")).length, 0);
  });

  describe("that are interrupted", () => {
    const budget = get("thinking.budget.edit");
    before(async function () {
      if (!canFindProcesses) return this.skip();
      await set("thinking.budget.edit", "256");
    });
    after(() => set("thinking.budget.edit", budget));

    /** Begins an edit while the engine is held. */
    async function begun(document: TextDocument) {
      await runToEnd("nemotron.loadModel");
      const pace = await holdEngine(process.pid);
      const edited = commands.executeCommand("nemotron.simplify");
      await until("the edit is under way", async () => (await lenses(document, "stopEdit")).length > 0);
      return { edited, pace };
    }

    it("end when they are stopped, and do not delay the next one", async () => {
      const document = await selected();
      const { edited, pace } = await begun(document);
      await pace.untilReceived("cancel", () => commands.executeCommand("nemotron.stopEdit"));
      await pace.end();
      await edited;
      assert.equal(document.getText(), original);
      await commands.executeCommand("nemotron.simplify");
      assert.equal(document.getText(), simpler(original));
    });

    for (const part of ["engine", "server"] satisfies Part[])
      it(`by a crash of the ${part} leave the document unchanged, and the next one works`, async () => {
        const document = await selected();
        const { edited, pace } = await begun(document);
        signal(await pidOf(part), "SIGKILL");
        await pace.end();
        await until("the edit is over", async () => (await lenses(document, "stopEdit")).length === 0);
        await commands.executeCommand("notifications.clearAll");
        await edited;
        assert.equal(document.getText(), original);
        await commands.executeCommand("nemotron.simplify");
        assert.equal(document.getText(), simpler(original));
      });
  });
});
