/** The agent in one chat while another one is open, and what it is told too late, on scripted replies. */
import assert from "node:assert/strict";
import { calls } from "../../support/scriptedEngine.ts";
import { type ScriptedReply, writeScript } from "../host/scripted.ts";
import { ChatPanel } from "./chatPanel.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

const FILES = {
  "add.mjs": "export const add = (a, b) => a + b;\n",
  "price.mjs": "export const price = 100;\n",
};
const STEPS = 3;

describe("the agent and several chats", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  const script = (...replies: ScriptedReply[]) => writeScript(workbench.server.directory, replies);
  const run = (match: string, command: string) => calls(match, "run", { command });
  const approval = (command: string) => chat.frame.locator(".approval").filter({ hasText: command });
  const toast = (text: string) => workbench.page.locator(".notification-toast").filter({ hasText: text });
  /** The message reaches the agent before the command runs. */
  const sayAndRun = async (text: string, command: string) => {
    await approval(command).waitFor();
    await chat.input.fill(text);
    await chat.input.press("Enter");
    await approval(command).getByRole("button", { name: "Run", exact: true }).click();
  };
  const openChat = async (title: string) => {
    const row = workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: title });
    await workbench.choose("Nemotron: Show Chats…", row);
    await chat.frame.locator(".question").filter({ hasText: title }).waitFor();
  };

  before(async () => {
    workbench = await openWorkbench({
      files: FILES,
      script: [],
      pace: false,
      settings: { "terminal.integrated.gpuAcceleration": "off", "nemotron.agent.steps": STEPS },
    });
    chat = new ChatPanel(workbench);
    await chat.open();
  });
  after(() => workbench?.stop());

  it("asks in a notification when another chat is opened, and while it is open", async () => {
    script(run("show two numbers", "node -p 6*7"), run("42", "node -p 9*9"), { match: "81", answer: "42 and 81." });
    await chat.startAgent();
    await chat.ask("show two numbers");
    await approval("node -p 6*7").waitFor();
    await chat.startNew();
    assert.equal(await chat.frame.locator(".approval").count(), 0);
    await workbench.shot("agent-other-chat");
    await toast("node -p 6*7").getByRole("button", { name: "Run", exact: true }).click();
    await toast("node -p 9*9").getByRole("button", { name: "Run", exact: true }).click();
    const isAnswered = async () => chat.storedAll().some(({ turns }) => turns.at(-1)?.reply.answer === "42 and 81.");
    await workbench.until(isAnswered, "the agent has ended in its chat");
    assert.equal(await chat.turns.count(), 0, "the open chat has nothing of it");
  });

  it("does not begin in a second chat, and can be told something in the first one after that", async () => {
    script({ match: "first task", answer: "Nothing to do." });
    await chat.startAgent();
    await chat.ask("first task");
    await chat.answered("Nothing to do.");
    script(run("show a number", "node -p 5*5"), { match: "now something else", answer: "Understood." });
    await chat.startAgent();
    await chat.ask("show a number");
    await approval("node -p 5*5").waitFor();
    await openChat("first task");
    await chat.last.locator(".question").hover();
    await chat.last.getByRole("button", { name: "Edit and Ask Again" }).click();
    await chat.last.locator("textarea").fill("another task");
    await chat.last.locator("textarea").press("Enter");
    await toast("The agent is at work in another chat.").waitFor();
    await workbench.shot("agent-second-chat");
    await chat.answered("Nothing to do.");
    assert.equal(await chat.turns.count(), 1);
    await workbench.runCommand("Notifications: Clear All Notifications");
    await openChat("show a number");
    await sayAndRun("now something else", "node -p 5*5");
    await chat.answered("Understood.");
    assert.equal(await chat.turns.count(), 1, "the agent was told, not asked again");
    await chat.last.locator(".step").filter({ hasText: "now something else" }).waitFor();
  });

  it("takes what it was told in its last step as the next question", async () => {
    script(
      calls("look around", "read", { path: "add.mjs" }),
      calls("File: add.mjs", "read", { path: "price.mjs" }),
      run("File: price.mjs", "node -p 8*8"),
      { match: "and now tell me", answer: "Two files." },
    );
    await chat.startAgent();
    await chat.ask("look around");
    await sayAndRun("and now tell me", "node -p 8*8");
    await chat.answered("Two files.");
    await chat.turns.first().getByText(`The limit of ${STEPS} steps`).waitFor();
    assert.equal(await chat.turns.count(), 2);
    assert.equal(await chat.frame.locator(".queued").count(), 0);
  });
});
