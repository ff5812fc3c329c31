/** Our model in VS Code's own chat: as a participant on a profile that nobody has set up, and for plain prompts where that is unlocked. */
import assert from "node:assert/strict";
import { BuiltInChat } from "./builtInChat.ts";
import { EditorTab } from "./editor.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

describe("VS Code's own chat, nobody signed in", () => {
  let workbench: Workbench;
  let chat: BuiltInChat;
  before(async () => {
    workbench = await openWorkbench({ settings: { "chat.disableAIFeatures": false }, file: "cart.ts" });
    chat = new BuiltInChat(workbench);
  });
  after(() => workbench?.stop());

  it("answers @nemotron at the first try", async () => {
    await chat.open();
    await chat.ask("@nemotron ping");
    await chat.answered("pong");
    await workbench.shot("vscode-chat-participant");
  });

  it("goes on with the participant, which knows what was said", async () => {
    await chat.ask("What is recursion?");
    await chat.answered("a function calls itself");
    await chat.ask("Give me an example.");
    await chat.answered("factorial");
  });

  it("explains the selection, and suggests what could come next", async () => {
    const tab = new EditorTab(workbench, "cart.ts");
    await tab.line("function clamp").click();
    await tab.select(9, 13);
    await chat.open();
    await chat.ask("@nemotron /explain ");
    await chat.answered(/keeps x between min and max/);
    await chat.view.getByText("Write tests for the selected code").first().waitFor();
    await workbench.shot("vscode-chat-explain");
    assert.match((await chat.last.textContent()) ?? "", /Used 1 reference/);
  });

  it("writes tests, in a code block that can be applied", async () => {
    await chat.ask("@nemotron /tests ");
    await chat.answered("The project keeps such tests at");
    await chat.last.locator(".interactive-result-code-block").first().hover();
    await chat.last.locator('.interactive-result-code-block-toolbar [aria-label*="Apply"]').first().waitFor();
    await workbench.shot("vscode-chat-tests");
  });

  it("shows that it thinks, and stops", async () => {
    await chat.ask("@nemotron Think for a long time.");
    await workbench.shot("vscode-chat-thinking");
  });
});

describe("VS Code's own chat, unlocked without signing in", () => {
  let workbench: Workbench;
  let chat: BuiltInChat;
  before(async () => {
    const settings = {
      "chat.disableAIFeatures": false,
      "chat.allowAnonymousAccess": true,
      "nemotron.contextTokens": 65536,
    };
    workbench = await openWorkbench({ settings });
    chat = new BuiltInChat(workbench);
  });
  after(() => workbench?.stop());

  it("answers a plain prompt with our model", async () => {
    await chat.open();
    await chat.ask("hello");
    await chat.last.locator(".rendered-markdown").first().waitFor();
    await workbench.shot("vscode-chat-plain");
  });
});
