/** An inline edit from its key to the proposal: what it shows meanwhile, and what the user can do. */
import assert from "node:assert/strict";
import { writeScript } from "../host/scripted.ts";
import { CART, copiesOf, EditorTab, IS_EVEN, isEvenReply, SIMPLER } from "./editor.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

const THOUGHT = `The branches return what the comparison says. ${"So it can be returned. ".repeat(100)}`;
const FAST = [isEvenReply({ thought: THOUGHT })];
/** The reply thinks until Answer Now. */
const HELD = [isEvenReply({ thought: THOUGHT, holds: "So" })];

describe("an inline edit", () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({
      files: copiesOf(
        CART,
        "key",
        "budget",
        "escape",
        "now-mouse",
        "now-keys",
        "elsewhere",
        "inside",
        "cursor",
        "first",
        "second",
      ),
      script: HELD,
      settings: { "nemotron.thinking.budget.edit": "1024", "workbench.editor.enablePreview": false },
    });
  });
  after(() => leaveWorkbench(workbench));

  async function selected(name: string): Promise<EditorTab> {
    const tab = new EditorTab(workbench, `${name}.ts`);
    await tab.open();
    await tab.select(...IS_EVEN);
    // The pointer rests where no hover opens: a hover would cover the input's buttons.
    await workbench.page.mouse.move(700, 700);
    return tab;
  }
  const press = (key: string) => workbench.page.keyboard.press(key);
  const script = (replies: typeof FAST) => writeScript(workbench.server.directory, replies);

  it("opens its input at the selection, by Ctrl+I", async () => {
    const tab = await selected("key");
    await press("Control+i");
    await workbench.page.locator(".quick-input-title", { hasText: "key.ts:22-28" }).waitFor();
    await workbench.shot("edit-input");
    await press("Escape");
    await tab.input.waitFor({ state: "hidden" });
  });

  it("has a budget of its own", async () => {
    await selected("budget");
    await press("Control+Alt+e");
    const title = workbench.page.locator(".quick-input-title");
    await title.filter({ hasText: "1K" }).waitFor();
    await workbench.page.locator(".quick-input-widget .action-label.codicon-lightbulb").first().click();
    await title.filter({ hasText: "2K" }).waitFor();
    await press("Escape");
  });

  it("leaves the file alone while it is written, and shows the thought; Escape ends it at once", async () => {
    const tab = await selected("escape");
    await tab.ask("simplify");
    await tab.lens("Thinking").first().waitFor();
    await tab.lens("Answer Now").first().waitFor();
    await workbench.shot("edit-thinking");
    assert.equal(await tab.dirty.count(), 0);
    await press("Escape");
    // By itself the reply would never end.
    await tab.lens("Stop").first().waitFor({ state: "detached" });
    await tab.ask("simplify");
    await tab.use("Stop");
    await tab.lens("Stop").first().waitFor({ state: "detached" });
    assert.equal(tab.onDisk(), CART);
    assert.equal(await tab.dirty.count(), 0);
  });

  for (const how of ["mouse", "keys"] as const)
    it(`ends its thought when the user chooses Answer Now by ${how}`, async () => {
      const tab = await selected(`now-${how}`);
      await tab.ask("simplify");
      await tab.lens("Answer Now").first().waitFor();
      if (how === "mouse") await tab.use("Answer Now");
      else await workbench.commandByKeys("Stop Thinking and Edit");
      await tab.lens("Keep").first().waitFor();
      await workbench.shot("edit-proposed");
      assert.equal(await tab.saved(), SIMPLER);
    });

  it("offers the latest instructions", async () => {
    await press("Control+Alt+e");
    await workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "simplify" }).waitFor();
    await workbench.shot("edit-recent");
    await press("Escape");
  });

  it("changes the right place after typing above and below it", async () => {
    const tab = await selected("elsewhere");
    await tab.ask("simplify");
    await tab.lens("Thinking").first().waitFor();
    await tab.goTo(2);
    await workbench.page.keyboard.type("// above");
    await press("Enter");
    await tab.goTo(33);
    await press("End");
    await workbench.page.keyboard.type(" // below");
    await tab.use("Answer Now");
    await tab.lens("Keep").first().waitFor();
    await workbench.shot("edit-typed-elsewhere");
    const wanted = SIMPLER.replace("\n\n", "\n// above\n\n").replace("let sum = 0;", "let sum = 0; // below");
    assert.equal(await tab.saved(), wanted);
  });

  it("is refused with a reason if its code was changed, and the typed text stays", async () => {
    const tab = await selected("inside");
    await tab.ask("simplify");
    await tab.lens("Thinking").first().waitFor();
    await tab.goTo(24);
    await press("End");
    await workbench.page.keyboard.type(" // mine");
    await tab.use("Answer Now");
    await tab.notification("changed while the edit was being written").waitFor();
    await workbench.shot("edit-refused");
    assert.equal(await tab.saved(), CART.replace("return true;", "return true; // mine"));
    await tab.clearNotifications();
  });

  it("edits the symbol at the cursor if nothing is selected", async () => {
    script(FAST);
    const tab = await selected("cursor");
    await tab.goTo(24, 9);
    await tab.edit("simplify");
    assert.equal(await tab.saved(), SIMPLER);
  });

  it("runs in two files at once", async () => {
    script(HELD);
    const first = await selected("first");
    await first.ask("simplify");
    await first.lens("Thinking").first().waitFor();
    const second = await selected("second");
    await second.ask("simplify");
    await second.use("Answer Now");
    await second.lens("Keep").first().waitFor();
    assert.equal(await second.saved(), SIMPLER);
    await first.open();
    await first.use("Answer Now");
    await first.lens("Keep").first().waitFor();
    assert.equal(await first.saved(), SIMPLER);
  });
});
