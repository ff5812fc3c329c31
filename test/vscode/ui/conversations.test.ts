/** Several conversations, and what stays of them after a reload, a crash, or a move of the panel. */
import assert from "node:assert/strict";
import { findProcess, signal } from "../../support/processes.ts";
import { succeeds } from "../host/workbench.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

describe("conversations", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench();
    chat = new ChatPanel(workbench);
    await chat.open();
  });
  after(() => leaveWorkbench(workbench));
  afterEach(() => chat.release());

  const list = () => workbench.page.locator(".quick-input-list .monaco-list-row");
  const welcome = () => chat.frame.locator(".welcome");
  /** Chooses from the menu at the right of the panel's title. */
  const fromTitle = async (entry: string, picture?: string) => {
    await workbench.page.locator(".part.auxiliarybar .title").getByRole("button", { name: "More Actions" }).click();
    const item = workbench.menuItem(entry);
    await item.hover();
    if (picture) await workbench.shot(picture);
    // A menu takes no click in the moment after it opens.
    await workbench.until(async () => {
      await succeeds(item.click({ timeout: 2000 }));
      return succeeds(item.waitFor({ state: "hidden", timeout: 2000 }));
    }, `${entry} is chosen`);
  };

  it("are started from the panel's title", async () => {
    await chat.ask("What is recursion?");
    await chat.answered("a function calls itself");
    await workbench.page.getByRole("button", { name: "New Chat" }).first().click();
    await welcome().waitFor();
    await chat.ask("What is JSON?");
    await chat.answered("text format for data");
    await workbench.shot("conversations-second");
  });

  it("are listed, and open again", async () => {
    await workbench.page.getByRole("button", { name: "Show Chats…" }).first().click();
    await list().filter({ hasText: "What is recursion?" }).waitFor();
    await workbench.until(async () => (await list().count()) === 2, "both are listed");
    await workbench.shot("conversations-list");
    await list().filter({ hasText: "What is recursion?" }).click();
    await chat.answered("a function calls itself");
  });

  it("are renamed", async () => {
    await fromTitle("Rename Chat…", "conversations-title-menu");
    const input = workbench.page.locator(".quick-input-widget input[type=text]");
    await workbench.until(async () => (await input.inputValue()) === "What is recursion?", "it can be renamed");
    await input.fill("About recursion");
    await input.press("Enter");
    await workbench.page.locator(".part.auxiliarybar", { hasText: "About recursion" }).waitFor();
    await workbench.shot("conversations-renamed");
  });

  it("are exported as a Markdown document", async () => {
    await fromTitle("Export Chat as Markdown");
    const editor = workbench.untitled;
    await editor.locator(".view-line", { hasText: "# About recursion" }).waitFor();
    await editor.locator(".view-line", { hasText: "Recursion means" }).waitFor();
    await workbench.shot("conversations-exported");
    await workbench.runCommand("View: Revert and Close Editor");
  });

  it("are deleted only after a confirmation", async () => {
    const row = list().filter({ hasText: "What is JSON?" });
    await workbench.choose("Nemotron: Show Chats…", row, async () => {
      await row.hover({ timeout: 5000 });
      await row.getByRole("button", { name: "Delete" }).click({ timeout: 5000 });
    });
    const dialog = workbench.page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    await workbench.shot("conversations-delete");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await workbench.choose("Nemotron: Show Chats…", list().filter({ hasText: "About recursion" }), () =>
      workbench.until(async () => (await list().count()) === 1, "the other one is gone"),
    );
    await workbench.page.keyboard.press("Escape");
  });

  it("survive a reload in the middle of a question", async () => {
    await chat.input.fill("And a question that is not asked y");
    await chat.input.press("End");
    await chat.input.pressSequentially("et");
    await workbench.reload();
    await chat.open();
    await chat.answered("a function calls itself");
    await workbench.shot("conversations-reloaded");
    await chat.ask("Give me an example.");
    await chat.answered("factorial");
  });

  it("keep the draft and the scroll position when the panel is hidden and shown", async () => {
    await chat.ask("Write a long text.");
    await chat.answered("Once upon a time");
    await chat.input.fill("A draft");
    const talk = chat.frame.locator("main.talk");
    await talk.evaluate((element) => element.scrollTo({ top: 20 }));
    await chat.frame.getByRole("button", { name: "Jump to Latest" }).waitFor();
    const toggle = workbench.page.locator('.part.titlebar .action-label[aria-label^="Toggle Secondary Side Bar"]');
    await toggle.click();
    await chat.input.waitFor({ state: "detached" });
    await toggle.click();
    await chat.input.waitFor();
    await workbench.until(async () => (await chat.input.inputValue()) === "A draft", "the draft is there");
    await workbench.until(async () => (await talk.evaluate(({ scrollTop }) => scrollTop)) === 20, "it is where it was");
    await chat.button("Jump to Latest").click();
    await chat.input.fill("");
  });

  it("continue a reply when the window is reloaded in the middle of it", async () => {
    await chat.hold();
    await chat.ask("Count to one hundred.");
    await chat.step();
    await chat.answer.filter({ hasText: "1, 2, 3" }).waitFor();
    const before = await textOf(chat.answer);
    await workbench.reload();
    await chat.open();
    await chat.answer.filter({ hasText: before }).waitFor();
    await workbench.shot("conversations-going-on");
    await chat.release();
    await chat.answered("98, 99, 100");
    assert.equal(await chat.last.locator(".problem").count(), 0);
  });

  it("continue a reply when the server dies", async () => {
    await chat.hold();
    await chat.ask("Count to one hundred.");
    await chat.step();
    await chat.answer.filter({ hasText: "1, 2, 3" }).waitFor();
    signal(findProcess(workbench.server.pid, "server")!, "SIGKILL");
    await chat.release();
    await chat.answered(/^1, 2, 3.*98, 99, 100/);
    assert.equal(await chat.last.locator(".problem").count(), 0);
  });

  for (const part of ["engine", "host"] as const)
    it(`keep a partial reply when the ${part} dies, and try again`, async () => {
      await chat.hold();
      await chat.ask("Count to one hundred.");
      await chat.step();
      await chat.answer.filter({ hasText: "1, 2, 3" }).waitFor();
      // When the host and the server die, the reply is lost: the window finds nothing of it.
      for (const lost of part === "host" ? (["server", "host"] as const) : [part])
        signal(findProcess(workbench.server.pid, lost)!, "SIGKILL");
      await chat.release();
      await chat.last.locator(".problem.interrupted").waitFor();
      assert.match(await textOf(chat.answer), /^1, 2, 3/);
      await workbench.shot(`conversations-${part}-died`);
      await chat.button("Retry").click();
      await chat.answered("98, 99, 100");
      assert.equal(await chat.last.locator(".problem").count(), 0);
    });

  it("continue in the other side bar", async () => {
    await workbench.runCommand("View: Move View");
    await list().filter({ hasText: "Chat" }).last().click();
    await list().filter({ hasText: "New Side Bar Entry" }).first().click();
    await workbench.page.locator(".part.sidebar", { hasText: "Nemotron: Chat" }).waitFor();
    await chat.answered("98, 99, 100");
    await chat.ask("ping");
    await chat.answered("pong");
    await workbench.shot("conversations-left");
    await workbench.runCommand("View: Reset View Locations");
    await workbench.page.locator(".part.auxiliarybar").filter({ hasText: "Nemotron" }).waitFor();
  });
});
