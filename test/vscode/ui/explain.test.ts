/** From the editor and the terminal to an explanation. */
import assert from "node:assert/strict";
import { ChatPanel } from "./chatPanel.ts";
import { chooseAction } from "./editor.ts";
import { leaveWorkbench, openWorkbench, SAMPLE, type Workbench } from "./fixture.ts";

describe("explanations", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench(SAMPLE);
    chat = new ChatPanel(workbench);
  });
  after(() => leaveWorkbench(workbench));

  const line = (text: string) => workbench.editor("cart.ts").locator(".view-line", { hasText: text });
  const fromMenu = async (text: string, entry: string, picture?: string) => {
    // Not at the place of the right click below, where the cursor would be in the way.
    await line(text).click({ position: { x: 20, y: 8 } });
    const open = () => line(text).click({ position: { x: 90, y: 8 }, button: "right" });
    const item = await workbench.menu(open, "Nemotron", entry);
    if (picture) await workbench.shot(picture);
    await item.click();
  };

  it("come from the editor's menu, while the panel is closed", async () => {
    await fromMenu("return sum;", "Explain", "explain-menu");
    await chat.explained("adds up every price");
    // The whole function, not the line of the cursor.
    await chat.last.getByText(/^Explain cart\.ts:\d+-\d+$/).waitFor();
    await workbench.shot("explain-answered");
  });

  it("can be followed by a question", async () => {
    // With the open file attached, the toy would answer that it does not know it.
    await chat.chips.first().locator(".chip-remove").click();
    await chat.chips.first().waitFor({ state: "detached" });
    await chat.ask("Thank you");
    await chat.answered("welcome");
  });

  it("of problems come from the lightbulb", async () => {
    await workbench.editor("cart.ts").locator(".squiggly-error").first().waitFor();
    const goThere = async () => {
      await line("import").click();
      for (const key of ["End", "ArrowLeft", "ArrowLeft"]) await workbench.page.keyboard.press(key);
    };
    await goThere();
    await chooseAction(workbench, "Explain this problem", "explain-lightbulb");
    await chat.last.getByText("Explain this problem: Cannot find module").waitFor();
    await chat.over();
    await chat.cursor();
    await workbench.shot("explain-problem");
    await chat.startNew();
    await goThere();
    await chooseAction(workbench, "Explain this problem", "explain-lightbulb-clicked", "mouse");
    await chat.last.getByText("Explain this problem: Cannot find module").waitFor();
    await chat.over();
    await chat.cursor();
  });

  it("can be the user's own questions", async () => {
    await fromMenu("export class Cart", "Ask About This…");
    await chat.chips.filter({ hasText: "cart.ts:15" }).waitFor();
    await chat.cursor();
    await workbench.page.keyboard.type("What is this");
    await workbench.until(async () => (await chat.input.inputValue()) === "What is this", "the cursor is there");
    await workbench.shot("explain-ask-about");
    await chat.input.fill("");
  });

  it("come from a selection in the terminal", async () => {
    await workbench.runCommand("Terminal: Create New Terminal");
    const terminal = workbench.page.locator(".terminal-wrapper.active .xterm");
    // Waits for the shell's prompt: earlier typing may get lost.
    await terminal.locator(".xterm-rows", { hasText: /[$#>]/ }).waitFor();
    await terminal.and(workbench.page.locator(".focus")).waitFor();
    await workbench.page.keyboard.type("echo $((40 + 2)) marker");
    await workbench.page.keyboard.press("Enter");
    await terminal.locator(".xterm-rows", { hasText: "42 marker" }).waitFor();
    await workbench.runCommand("Terminal: Select All");
    await workbench.commandByKeys("Explain Terminal Selection");
    await chat.last.getByText("Explain this terminal output.").waitFor();
    await chat.over();
    await chat.cursor();
    await chat.startNew();
    // `force`, because the terminal covers its own text.
    const open = () => terminal.click({ button: "right", force: true });
    const item = await workbench.menu(open, "Explain Terminal Selection");
    await workbench.shot("explain-terminal-menu");
    await item.click();
    await chat.last.getByText("Explain this terminal output.").waitFor();
    await chat.over();
    await chat.cursor();
    await workbench.until(
      async () => chat.stored()?.turns[0]?.text === "Explain this terminal output.",
      "it is on disk",
    );
    assert.match(chat.stored()?.turns[0]?.userContent ?? "", /echo \$\(\(40 \+ 2\)\) marker[\s\S]*42 marker/);
    await workbench.shot("explain-terminal");
  });
});
