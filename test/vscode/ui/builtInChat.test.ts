/** The model in VS Code's own chat: as a participant in a fresh profile, and for plain prompts once it is unlocked. */
import assert from "node:assert/strict";
import { holdEngine } from "../../support/pace.ts";
import type { WorkbenchOptions } from "../host/workbench.ts";
import { BuiltInChat, withBuiltInChat } from "./builtInChat.ts";
import { EditorTab } from "./editor.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

describe("@nemotron in VS Code's own chat, without signing in", () => {
  let workbench: Workbench;
  let chat: BuiltInChat;
  before(async () => {
    workbench = await openWorkbench(withBuiltInChat({ file: "cart.ts" }));
    chat = new BuiltInChat(workbench);
  });
  after(() => leaveWorkbench(workbench));

  it("answers the first question", async () => {
    await chat.open();
    await chat.ask("@nemotron ping");
    await chat.answered("pong");
    await workbench.shot("vscode-chat-participant");
  });

  it("shows that it thinks, and stops", async () => {
    const pace = await holdEngine(workbench.server.pid);
    try {
      await chat.ask("Think for a long time.");
      await pace.step(60);
      await workbench.statusItem.filter({ hasText: /tok\/s/ }).waitFor();
      await chat.last
        .getByText(/Working|Thinking/)
        .first()
        .waitFor();
      await workbench.shot("vscode-chat-thinking");
      await pace.untilReceived("cancel", () => chat.stop.click());
    } finally {
      await pace.end();
    }
    await chat.over();
    await workbench.statusItem.filter({ hasText: "Nemotron 1K" }).waitFor();
    assert.doesNotMatch((await chat.last.textContent()) ?? "", /thought enough/);
  });

  it("keeps the conversation in follow-up questions", async () => {
    await chat.ask("What is recursion?");
    await chat.answered("a function calls itself");
    await chat.ask("Give me an example.");
    await chat.answered("factorial");
  });

  it("thinks as much as the model picker is set to", async () => {
    await chat.ask("ping");
    await chat.answered("pong");
    await chat.last.getByText(/Completed \d+ step/).waitFor();
    await chat.view.getByText("Default thinking").click();
    await workbench.shot("vscode-chat-budgets");
    const budgets = workbench.page.locator(".action-widget.action-widget-dropdown");
    await budgets.getByText("Off", { exact: true }).click();
    // The picker stays open after a choice.
    await workbench.page.keyboard.press("Escape");
    await budgets.waitFor({ state: "hidden" });
    await chat.ask("Write hello world in Python.");
    await chat.answered("Hello, world!");
    assert.equal(await chat.last.getByText(/Completed \d+ step/).count(), 0);
  });

  it("explains the selection, and suggests follow-ups", async () => {
    const tab = new EditorTab(workbench, "cart.ts");
    await tab.line("function clamp").click();
    await tab.select(9, 13);
    await chat.open();
    await chat.ask("/explain ");
    await chat.answered(/keeps x between min and max/);
    await chat.view.getByText("Write tests for the selected code").first().waitFor();
    await workbench.shot("vscode-chat-explain");
  });

  it("writes tests when that follow-up is chosen, in a code block that can be applied", async () => {
    await chat.view.getByText("Write tests for the selected code").first().click();
    await chat.answered("The project keeps such tests at");
    const code = chat.last.locator(".interactive-result-code-block").first();
    await code.hover();
    await code.getByRole("button", { name: /Apply/ }).first().waitFor();
    await workbench.shot("vscode-chat-tests");
  });
});

describe("@nemotron without a model", () => {
  let workbench: Workbench;
  after(() => leaveWorkbench(workbench));

  it("says what to do, with a button for it", async () => {
    workbench = await openWorkbench(withBuiltInChat({ settings: { "nemotron.model": "" } }));
    const chat = new BuiltInChat(workbench);
    await chat.open();
    await chat.ask("@nemotron ping");
    await chat.answered(/No model/);
    await chat.last.getByRole("button", { name: "Choose Model…" }).waitFor();
    await workbench.shot("vscode-chat-no-model");
  });
});

describe("what @nemotron reads", () => {
  let workbench: Workbench;
  let chat: BuiltInChat;
  before(async () => {
    const script = [
      { match: "TOKEN = 1", answer: "It was read." },
      { match: "Problems in cart.ts", answer: "There is no such module." },
      { match: "", answer: "Nothing was read." },
    ];
    const files = { ".gitignore": "secret.ts\n", "secret.ts": "export const TOKEN = 1;\n" };
    workbench = await openWorkbench(withBuiltInChat({ script, files, file: "secret.ts" }));
    chat = new BuiltInChat(workbench);
  });
  after(() => leaveWorkbench(workbench));

  it("includes the problems of the code that it is asked to fix", async () => {
    const tab = new EditorTab(workbench, "cart.ts");
    await tab.open();
    await workbench.page.locator(".monaco-editor .squiggly-error").first().waitFor();
    await tab.line("import").click();
    await tab.select(1, 1);
    await chat.open();
    await chat.takes("cart.ts:1");
    await chat.ask("@nemotron /fix ");
    await chat.answered("There is no such module.");
  });

  it("leaves out ignored files, unless a command is about them", async () => {
    const tab = new EditorTab(workbench, "secret.ts");
    await workbench.page.locator('.tab[data-resource-name="secret.ts"]').click();
    await tab.line("TOKEN").click();
    await tab.select(1, 1);
    await chat.open();
    await chat.takes("secret.ts:1");
    await chat.ask("What is this?");
    await chat.answered("Nothing was read.");
    await chat.last.getByText("Not read because it is ignored").waitFor();
    await workbench.shot("vscode-chat-ignored");
    await chat.ask("/fix ");
    await chat.answered("It was read.");
  });
});

describe("VS Code's own chat, unlocked without signing in", () => {
  let workbench: Workbench;
  let chat: BuiltInChat;
  after(() => leaveWorkbench(workbench));
  const openWith = async (options: WorkbenchOptions) => {
    await leaveWorkbench(workbench);
    workbench = await openWorkbench(withBuiltInChat({ ...options, settings: { "chat.allowAnonymousAccess": true } }));
    chat = new BuiltInChat(workbench);
    await chat.open();
  };

  it("answers a plain prompt with this extension's model", async () => {
    // On a busy CPU the toy would take minutes to read the agent's instructions and tools.
    await openWith({ script: [{ match: "hello", thought: "A greeting.", answer: "Good day to you." }] });
    await chat.ask("hello");
    await chat.answered("Good day to you.");
    await workbench.shot("vscode-chat-plain");
  });

  it("says how large the agent's prompt is if it does not fit into the context", async () => {
    await openWith({});
    await chat.ask("hello");
    const told = chat.last.getByText(/The prompt has [\d,]+ tokens, and the loaded context holds 8,192/).first();
    await told.waitFor();
    await workbench.shot("vscode-chat-overflow");
    const [, tokens = ""] = /has ([\d,]+) tokens/.exec((await told.textContent()) ?? "") ?? [];
    console.log(`      (${tokens} of the toy's tokens)`);
    assert.ok(Number(tokens.replace(",", "")) > 8192, tokens);
  });
});
