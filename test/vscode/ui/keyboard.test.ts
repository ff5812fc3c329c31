/** A whole conversation without a mouse. */
import assert from "node:assert/strict";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { EditorTab } from "./editor.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

describe("the keyboard alone", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench({ theme: "hc", files: { "prices.ts": "export const tax = 0.2;\n" } });
    chat = new ChatPanel(workbench);
  });
  after(() => leaveWorkbench(workbench));
  afterEach(() => chat.release());

  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => workbench.page.keyboard.press(key)), Promise.resolve());
  const focused = () => chat.frame.locator(":focus");
  /** Presses Tab from the present focus in the panel. */
  const tabTo = (name: string, key: "Tab" | "Shift+Tab" = "Tab") =>
    workbench.pressUntil(key, focused().and(chat.frame.getByLabel(name).or(chat.button(name))));
  const focus = (name: string) =>
    workbench.until(
      async () => (await chat.frame.locator(":focus").and(chat.frame.getByLabel(name)).count()) > 0,
      `${name} has the focus`,
    );

  it("opens the panel, asks, and stops", async () => {
    await press("Control+Alt+m");
    await focus("Ask about your code");
    await workbench.page.keyboard.type("Think for a long time.");
    await chat.frame.locator(".welcome .examples").waitFor();
    await chat.hold();
    await press("Enter");
    await chat.step();
    await chat.last.locator(".thought-title").waitFor();
    await workbench.shot("keyboard-thinking");
    await chat.stop(() => press("Escape"));
    await chat.last.getByText("Stopped").waitFor();
  });

  it("answers now with its own key", async () => {
    await chat.hold();
    await workbench.page.keyboard.type("Think for a long time.");
    await press("Enter");
    await chat.step();
    await chat.last.locator(".thought-tail", { hasText: "Step" }).waitFor();
    await chat.untilReceived("answerNow", () => press("Control+Alt+Enter"));
    await chat.release();
    await chat.last.locator(".thought-title").waitFor({ state: "detached" });
    await chat.over();
    assert.equal(await chat.last.getByText("Stopped").count(), 0);
  });

  it("changes the last question", async () => {
    await focus("Ask about your code");
    await press("ArrowUp");
    await workbench.until(async () => (await focused().inputValue()) === "Think for a long time.", "it can be changed");
    await press("Escape");
    await focus("Ask about your code");
    await press("ArrowUp");
    await workbench.until(async () => (await focused().inputValue()) === "Think for a long time.", "it can be changed");
    await press("Shift+Home");
    await workbench.page.keyboard.type("What is recursion?");
    await press("Enter");
    await chat.answered("a function calls itself");
    assert.equal(await textOf(chat.last.locator(".question-text")), "What is recursion?");
    await focus("Ask about your code");
  });

  it("moves the focus in visual order", async () => {
    await workbench.typeInPicker("Control+p", "cart.ts");
    await workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "cart.ts" }).first().waitFor();
    await press("Enter");
    await workbench.editor("cart.ts").and(workbench.page.locator(".focused")).waitFor();
    await press("Control+Alt+m");
    await chat.chips.filter({ hasText: "cart.ts" }).waitFor();
    await focus("Ask about your code");
    const passed: string[] = [];
    for (let i = 0; i < 6; i++) {
      const name = await focused().evaluate((element) => element.getAttribute("aria-label") ?? element.textContent);
      passed.push(String(name).trim());
      await press("Shift+Tab");
    }
    assert.deepEqual(passed, [
      "Ask about your code",
      "Attach",
      "Remove cart.ts",
      "Regenerate",
      "Copy Answer",
      passed[5],
    ]);
    assert.match(passed[5]!, /^Thought for/);
    await workbench.shot("keyboard-focus");
  });

  it("regenerates an answer with another budget", async () => {
    for (let i = 0; i < 3; i++) await press("Tab");
    await focus("Regenerate");
    await press("Enter", "ArrowDown");
    await workbench.shot("keyboard-menu");
    await press("Enter");
    await chat.last.locator(".thought-toggle").waitFor({ state: "detached" });
    await chat.answered("a function calls itself");
  });

  it("attaches a file, and removes it", async () => {
    await press("Control+Alt+m");
    await focus("Ask about your code");
    await workbench.page.keyboard.type("@cart");
    await chat.frame.getByRole("option", { name: "cart.ts" }).waitFor();
    await workbench.shot("keyboard-mention");
    await press("Enter");
    await chat.frame.locator(".composer .chip:not(.implicit)", { hasText: "cart.ts" }).waitFor();
    await press("Shift+Tab", "Shift+Tab");
    await focus("Remove cart.ts");
    await press("Delete");
    await focus("Ask about your code");
  });

  it("sets the budget, and extends a thought", async () => {
    await tabTo("Thinking");
    await press("Home", "ArrowDown");
    await workbench.until(async () => (await focused().inputValue()) === "256", "the budget is 256");
    await press("Control+Alt+m");
    await focus("Ask about your code");
    await tabTo("Remove cart.ts", "Shift+Tab");
    await press("Delete");
    await focus("Ask about your code");
    await chat.hold();
    await workbench.page.keyboard.type("Think for a long time.");
    await press("Enter");
    await chat.step();
    await chat.last.locator(".thought-title", { hasText: "of 256" }).waitFor();
    await tabTo("+512", "Shift+Tab");
    await chat.untilReceived("addBudget", () => press("Enter"));
    await chat.step(1);
    await chat.last.locator(".thought-title", { hasText: "of 768" }).waitFor();
    await press("Control+Alt+m");
    await focus("Ask about your code");
    await chat.stop(() => press("Escape"));
    await chat.last.getByText("Stopped").waitFor();
  });

  it("inserts the code of an answer into the file", async () => {
    await press("Control+Alt+n");
    await chat.frame.locator(".welcome .examples").waitFor();
    await chat.cursor();
    await workbench.page.keyboard.type("Write hello world in TypeScript.");
    await press("Enter");
    await chat.answered("console.log");
    const cart = workbench.editor("cart.ts");
    const inserted = cart.locator(".view-line", { hasText: "Hello, world!" });
    const useCode = async (name: string) => {
      await press("Control+Alt+m");
      await focus("Ask about your code");
      await tabTo(name, "Shift+Tab");
    };
    await tabTo("Insert at Cursor", "Shift+Tab");
    await workbench.shot("keyboard-code");
    // The code goes to the selection, and replaces it.
    for (const name of ["Insert at Cursor", "Replace Selection"]) {
      await workbench.commandByKeys("View: Focus Active Editor Group");
      await press("Control+Home", "Shift+End");
      await useCode(name);
      await press("Enter");
      await inserted.waitFor();
      await cart.and(workbench.page.locator(".focused")).waitFor();
      await press("Control+z");
      await inserted.waitFor({ state: "detached" });
    }
    await useCode("Copy");
    await press("Enter");
    await workbench.until(async () => /console\.log/.test(await workbench.clipboard()), "it is copied");
    await useCode("New File");
    await press("Enter");
    const created = workbench.untitled;
    await created.locator(".view-line", { hasText: "console.log" }).waitFor();
    await workbench.commandByKeys("View: Revert and Close Editor");
    await created.waitFor({ state: "detached" });
  });

  it("explains the code at the cursor from the editor's menu, and follows a link of the answer", async () => {
    const cart = new EditorTab(workbench, "cart.ts");
    await cart.goTo(10);
    await workbench.menuByKeys("Nemotron", "Explain");
    await chat.explained("Smaller values become");
    await workbench.shot("keyboard-explained");
    await press("Control+Alt+m");
    await focus("Ask about your code");
    await workbench.pressUntil("Shift+Tab", focused().and(chat.answer.locator("code", { hasText: "clamp" })));
    await press("Enter");
    await workbench.page.locator(".statusbar-item", { hasText: "(5 selected)" }).waitFor();
  });

  it("asks about code, attaches with the button and from the explorer, and exports the chat", async () => {
    const cart = new EditorTab(workbench, "cart.ts");
    await cart.goTo(15);
    await workbench.menuByKeys("Nemotron", "Ask About This…");
    await chat.chips.filter({ hasText: "cart.ts:15" }).waitFor();
    await focus("Ask about your code");
    await tabTo("Attach", "Shift+Tab");
    await press("Enter");
    const found = workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "prices.ts" });
    await found.waitFor();
    await workbench.page.keyboard.type("prices");
    await workbench.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: "prices.ts" }).waitFor();
    await press("Enter");
    await chat.chips.filter({ hasText: "prices.ts" }).waitFor();
    await press("Control+Shift+e");
    const row = workbench.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "cart.ts" });
    await workbench.pressUntil("ArrowDown", row.and(workbench.page.locator(".focused")));
    await workbench.menuByKeys("Attach to Nemotron Chat…");
    await chat.chips.and(chat.frame.locator(":not(.implicit)")).getByText("cart.ts", { exact: true }).waitFor();
    await chat.cursor();
    await workbench.commandByKeys("Export Chat as Markdown");
    const exported = workbench.untitled;
    await exported.locator(".view-line", { hasText: "Smaller values become" }).waitFor();
    await workbench.commandByKeys("View: Revert and Close Editor");
  });

  it("turns thinking off and on, in the status bar", async () => {
    const text = async () => (await workbench.statusItem.textContent()) ?? "";
    const before = await text();
    const item = workbench.page.locator('.statusbar-item[id$=".nemotron.status"]:is(:focus, :focus-within)');
    await workbench.commandByKeys("View: Focus Status Bar");
    await workbench.pressUntil("ArrowRight", item);
    await workbench.shot("keyboard-status");
    await press("Enter");
    await workbench.until(async () => (await text()) !== before, "the status bar says so");
    await workbench.commandByKeys("Toggle Thinking");
    await workbench.until(async () => (await text()) === before, "it is as it was");
  });

  it("renames, leaves, opens and deletes a conversation", async () => {
    await workbench.commandByKeys("Rename Chat…");
    const input = workbench.page.locator(".quick-input-widget input[type=text]");
    await input.waitFor();
    await press("Control+a");
    await workbench.page.keyboard.type("By hand");
    await press("Enter");
    await workbench.until(async () => chat.stored()?.title === "By hand", "it has its name");
    await press("Control+Alt+m");
    await focus("Ask about your code");
    await press("Control+Alt+n");
    await chat.frame.locator(".welcome .examples").waitFor();
    await chat.cursor();
    await workbench.commandByKeys("Show Chats…");
    await workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "By hand" }).waitFor();
    await workbench.page.keyboard.type("By hand");
    await press("Enter");
    await chat.answer.filter({ hasText: "Smaller values become" }).waitFor();
    await workbench.commandByKeys("Delete Chat");
    await workbench.page.locator(".monaco-dialog-box").waitFor();
    await press("Enter");
    await workbench.until(async () => chat.storedAll().every(({ title }) => title !== "By hand"), "it is gone");
  });
});
