/** The thinking switch in the status bar: its text, its click, its tooltip and its picker. */
import assert from "node:assert/strict";
import { ChatPanel } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

describe("the thinking switch", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench();
    chat = new ChatPanel(workbench);
    await chat.open();
    await chat.frame.locator(".welcome .examples").waitFor();
  });
  after(() => leaveWorkbench(workbench));

  const shows = (text: string) => workbench.statusItem.filter({ hasText: text }).waitFor();
  const budgetInChat = (budget: string) =>
    workbench.until(
      async () => (await chat.frame.getByLabel("Thinking", { exact: true }).inputValue()) === budget,
      `the chat shows ${budget}`,
    );
  const picker = () => workbench.page.locator(".quick-input-list .monaco-list-row");

  it("turns off and on again by a click", async () => {
    await shows("Nemotron 1K");
    await workbench.statusItem.click();
    await shows("Nemotron no thinking");
    await budgetInChat("off");
    await workbench.shot("thinking-off");
    await chat.ask("ping");
    await chat.answered("pong");
    assert.equal(await chat.last.locator(".thought-toggle").count(), 0);
    await workbench.statusItem.click();
    await shows("Nemotron 1K");
    await budgetInChat("1024");
  });

  it("shows in its tooltip what runs, and sets a budget from there", async () => {
    const tooltip = await workbench.tooltip("8,192 tokens");
    await workbench.shot("thinking-tooltip");
    await tooltip.getByText("512", { exact: true }).click();
    await shows("Nemotron 512");
    await budgetInChat("512");
  });

  it("takes a budget from the picker, by the keyboard", async () => {
    await workbench.runCommand("Nemotron: Set Thinking Budget…");
    await picker().filter({ hasText: "Unlimited" }).waitFor();
    await workbench.shot("thinking-picker");
    await workbench.page.keyboard.type("2K");
    await workbench.page.keyboard.press("Enter");
    await shows("Nemotron 2K");
    await budgetInChat("2048");
  });

  it("takes a budget for a single action", async () => {
    await workbench.choose("Nemotron: Set Per-Action Thinking…", picker().filter({ hasText: "Explain" }));
    await picker().filter({ hasText: "Off" }).waitFor();
    await workbench.shot("thinking-action");
    await workbench.page.keyboard.type("4K");
    await workbench.page.keyboard.press("Enter");
    await picker().first().waitFor({ state: "hidden" });
    // The setting is written after the picker has closed.
    const isSet = async () => {
      await workbench.runCommand("Nemotron: Set Per-Action Thinking…");
      const row = picker().filter({ hasText: "Explain" });
      await row.waitFor();
      const text = await row.textContent();
      await workbench.page.keyboard.press("Escape");
      await row.waitFor({ state: "hidden" });
      return text?.includes("4K") === true;
    };
    await workbench.until(isSet, "explanations think for 4K");
  });
});
