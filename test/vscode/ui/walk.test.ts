/** A short walk through all features, in the installed extension with the toy model: `npm test` runs it. */
import assert from "node:assert/strict";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { EditorTab, IS_EVEN, SIMPLER } from "./editor.ts";
import { openWorkbench, SAMPLE, type Workbench } from "./fixture.ts";

describe("a walk through the workbench", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench(SAMPLE);
    chat = new ChatPanel(workbench);
  });
  after(() => workbench?.stop());

  it("begins with the extension in the status bar", () =>
    workbench.statusItem.filter({ hasText: "Nemotron" }).waitFor());

  it("asks a question", async () => {
    await chat.open();
    // With the open file attached, the toy would answer that it does not know it.
    await chat.chips.first().locator(".chip-remove").click();
    await chat.chips.first().waitFor({ state: "detached" });
    await chat.ask("What is recursion?");
    await chat.answered("a function calls itself");
    assert.match(await textOf(chat.last.locator(".thought-toggle")), /Thought for [\d.]+ s · \d+ tokens/);
  });

  it("watches a thought, and ends it with Answer Now", async () => {
    await chat.hold();
    await chat.ask("Think for a long time.");
    await chat.step();
    const title = chat.last.locator(".thought-title", { hasText: /Thinking · [\d.]+ s · [1-9]\d* of 1,024/ });
    await title.waitFor();
    await chat.untilReceived("answerNow", () => chat.button("Answer Now").click());
    await chat.release();
    await chat.over();
    assert.notEqual((await textOf(chat.answer)).trim(), "");
    const thought = await textOf(chat.last.locator(".thought-toggle"));
    assert.ok(Number(/(\d+) tokens/.exec(thought)?.[1]) < 1000, thought);
  });

  it("has code explained", async () => {
    const line = workbench.editor("cart.ts").locator(".view-line", { hasText: "return sum;" });
    await line.click({ position: { x: 20, y: 8 } });
    await workbench.menuByKeys("Nemotron", "Explain");
    await chat.explained("adds up every price");
    await chat.last.getByText(/^Explain cart\.ts:\d+-\d+$/).waitFor();
  });

  it("has code edited, and keeps it", async () => {
    const tab = new EditorTab(workbench, "cart.ts");
    await tab.open();
    await tab.select(...IS_EVEN);
    await workbench.runCommand("Nemotron: Simplify");
    await tab.use("Keep");
    await tab.lens("Undo").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), SIMPLER);
  });
});
