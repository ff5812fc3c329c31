/** The actions on an answer's code and links, and what must never happen, whatever an answer contains. */
import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StoredConversation } from "../../../src/chat/conversation.ts";
import { filesBelow } from "../host/storedChats.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, SAMPLE, type Workbench } from "./fixture.ts";

/** What a model could write. All of it must become text, or a link that asks first. */
const HOSTILE = `# A page of traps

[site](https://example.com/path?q=1) and [run](command:workbench.action.terminal.new) and [script](javascript:document.title='owned')

![picture](https://example.com/pixel.png) <img src=x onerror="document.title='owned'"> <script>document.title='owned'</script>

<a href="https://example.com/" onclick="document.title='owned'">raw</a> <iframe src="https://example.com/"></iframe>
`;

describe("the code of an answer", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench(SAMPLE);
    chat = new ChatPanel(workbench);
    await chat.open();
    await chat.ask("Write hello world in TypeScript.");
    await chat.answered("console.log");
  });
  after(() => leaveWorkbench(workbench));

  const editor = () => workbench.editor("cart.ts");
  const line = (text: string) => editor().locator(".view-line", { hasText: text });
  const block = (name: string) => chat.answer.locator(".code").getByRole("button", { name });
  const undo = async () => {
    await editor().locator(".view-line").first().click();
    await workbench.page.keyboard.press("Control+Z");
    await line("Hello, world!").waitFor({ state: "detached" });
  };

  it("is copied", async () => {
    await block("Copy").click();
    await workbench.until(
      async () => /console\.log\('Hello, world!'\);/.test(await workbench.clipboard()),
      "it is there",
    );
  });

  it("is inserted at the cursor, as one step to undo", async () => {
    await line("A small shopping cart").click();
    await workbench.page.keyboard.press("Home");
    await block("Insert at Cursor").click();
    await line("console.log('Hello, world!');/**").waitFor();
    await workbench.shot("code-inserted");
    await undo();
  });

  it("replaces the selection", async () => {
    await line("A small shopping cart").click();
    await workbench.page.keyboard.press("Home");
    await workbench.page.keyboard.press("Shift+End");
    await block("Replace Selection").click();
    await line("console.log").waitFor();
    assert.equal(await line("A small shopping cart").count(), 0);
    await workbench.shot("code-replaced");
    await undo();
  });

  it("becomes a new file in its language", async () => {
    await block("New File").click();
    const created = workbench.untitled;
    await created.locator(".view-line", { hasText: "console.log" }).waitFor();
    await workbench.page.locator(".statusbar-item", { hasText: "TypeScript" }).waitFor();
    await workbench.shot("code-new-file");
    await workbench.runCommand("View: Revert and Close Editor");
  });

  it("takes the colours of a newly chosen theme", async () => {
    const colours = () =>
      chat.answer.locator(".code code span").evaluateAll((spans) => {
        const { getComputedStyle } = spans[0]!.ownerDocument.defaultView!;
        return [...new Set(spans.map((span) => getComputedStyle(span).color))].join(" ");
      });
    await workbench.until(async () => (await colours()).split("rgb").length > 2, "it has colours");
    const dark = await colours();
    await workbench.runCommand("Preferences: Toggle between Light/Dark Themes");
    await workbench.page.locator(".monaco-workbench.vs").waitFor();
    await workbench.until(async () => (await colours()) !== dark, "it has others");
    await workbench.shot("code-light");
    await workbench.runCommand("Preferences: Toggle between Light/Dark Themes");
    await workbench.page.locator(".monaco-workbench.vs-dark").waitFor();
  });

  it("links to the code that it names", async () => {
    await line("function clamp").click();
    await workbench.page.keyboard.press("Control+Alt+x");
    await chat.explained("Smaller values become");
    await chat.answer.locator("code", { hasText: "clamp" }).first().click();
    await workbench.page.locator(".statusbar-item", { hasText: "Ln 9, Col 22 (5 selected)" }).waitFor();
    await workbench.shot("code-name-opened");
  });

  it("is only text, and links that ask before they open, whatever a stored conversation holds", async () => {
    // Earlier suites may have left their conversations.
    const chats = filesBelow(workbench.server.directory).filter((file) => file.includes("/chats/"));
    const folder = path.dirname(chats.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]!);
    const [first] = chat.stored()!.turns;
    const now = Date.now();
    const hostile: StoredConversation = {
      version: 1,
      id: "hostile",
      title: "<img src=x onerror=alert(1)> traps",
      created: now,
      updated: now,
      turns: [
        {
          ...first!,
          id: "1",
          text: "<b>What</b> is <script>this</script>?",
          sources: [
            {
              reference: { kind: "file", label: "<img src=x onerror=alert(1)>.ts", detail: "<i>nowhere</i>" },
              item: { type: "file", uri: "file:///nowhere/at/all.ts" },
            },
          ],
          reply: { ...first!.reply, thought: "<script>alert(1)</script>", answer: HOSTILE },
        },
      ],
    };
    writeFileSync(path.join(folder, "hostile.json"), JSON.stringify(hostile));
    const requests: string[] = [];
    workbench.page.on("request", (request) => requests.push(request.url()));
    const row = workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "traps" });
    await workbench.choose("Nemotron: Show Chats…", row);
    await chat.answered("A page of traps");
    await workbench.shot("code-hostile");
    assert.equal(await chat.frame.locator(".turn :is(script, iframe, img, [onclick])").count(), 0);
    assert.equal(await textOf(chat.last.locator(".question-text")), "<b>What</b> is <script>this</script>?");
    await chat.last.locator(".chip").click();
    await workbench.page.locator(".notification-toast", { hasText: "cannot be opened" }).waitFor();
    assert.doesNotMatch(await workbench.page.title(), /owned/);
    assert.deepEqual(
      requests.filter((url) => url.includes("example.com")),
      [],
    );
  });

  it("opens a link only when the user says so", async () => {
    await chat.answer.getByText("site").click();
    const dialog = workbench.page.locator(".monaco-dialog-box");
    await dialog.getByText("https://example.com/path?q=1").waitFor();
    await workbench.shot("code-link");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.equal(workbench.page.context().pages().length, 1);
  });
});
