/** A conversation from the first question on, as a new user has it. */
import assert from "node:assert/strict";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

describe("the chat", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench();
    chat = new ChatPanel(workbench);
  });
  after(() => leaveWorkbench(workbench));

  it("opens by its key, and says what the first question does", async () => {
    await chat.open();
    await chat.frame.getByText("Ready to start").or(chat.frame.getByText("Ask about your code").first()).waitFor();
    await workbench.shot("chat-asleep");
    await chat.frame.locator(".welcome .examples").waitFor();
    await workbench.shot("chat-ready");
  });

  it("answers a question", async () => {
    await chat.input.fill("What is recursion?");
    await chat.button("Send").click();
    await chat.answered("a function calls itself");
    assert.match(await textOf(chat.last.locator(".thought-toggle")), /Thought for [\d.]+ s · \d+ tokens/);
    await workbench.shot("chat-answered");
  });

  it("reads only the new words of a follow-up", async () => {
    await chat.ask("Give me an example.");
    await chat.answered("factorial");
    const [, read, reused] = /read (\d+) · reused (\d+)/.exec(await textOf(chat.last.locator(".footer"))) ?? [];
    assert.ok(Number(read) < 30 && Number(reused) > 100, `read ${read}, reused ${reused}`);
    await workbench.shot("chat-follow-up");
  });

  it("starts a new chat", async () => {
    await chat.startNew();
  });

  it("shows the thought while it runs, with time and tokens of its budget", async () => {
    await chat.hold();
    await chat.ask("Think for a long time.");
    await chat.step();
    const title = chat.last.locator(".thought-title");
    await title.filter({ hasText: /Thinking · [\d.]+ s · [1-9]\d+ of 1,024/ }).waitFor();
    await chat.last.locator(".thought-tail", { hasText: /Step \d+/ }).waitFor();
    await workbench.shot("chat-thinking");
  });

  it("extends a thought", async () => {
    await chat.untilReceived("addBudget", () => chat.button("+512").click());
    await chat.step();
    await chat.last.locator(".thought-title", { hasText: "of 1,536" }).waitFor();
    await workbench.shot("chat-thinking-longer");
  });

  it("answers now on request", async () => {
    await chat.untilReceived("answerNow", () => chat.button("Answer Now").click());
    await chat.release();
    await chat.last.locator(".thought-title").waitFor({ state: "detached" });
    await chat.over();
    assert.notEqual((await textOf(chat.answer)).trim(), "");
    const thought = await textOf(chat.last.locator(".thought-toggle"));
    assert.ok(Number(/(\d+) tokens/.exec(thought)?.[1]) < 880, thought);
    await chat.last.locator(".thought-toggle").click();
    await chat.last.locator(".thought-text").waitFor();
    assert.doesNotMatch(await textOf(chat.last.locator(".thought-text")), /Now I have thought enough/);
    await workbench.shot("chat-answered-now");
  });

  it("stops a reply", async () => {
    await chat.hold();
    await chat.ask("Count to one hundred.");
    await chat.step();
    await chat.answer.filter({ hasText: "1, 2, 3" }).waitFor();
    await chat.stop();
    await chat.last.getByText("Stopped").waitFor();
    assert.doesNotMatch(await textOf(chat.answer), /100/);
    await workbench.shot("chat-stopped");
  });

  it("regenerates an answer", async () => {
    await chat.last.getByRole("button", { name: "Regenerate" }).click();
    await workbench.shot("chat-regenerate-menu");
    await chat.frame.getByRole("menuitem", { name: "Try Again" }).click();
    await chat.answered("98, 99, 100");
  });

  it("regenerates an answer without thinking", async () => {
    await chat.last.getByRole("button", { name: "Regenerate" }).click();
    await chat.frame.getByRole("menuitem", { name: "Without thinking" }).click();
    await chat.last.locator(".thought-toggle").waitFor({ state: "detached" });
    await chat.answered("98, 99, 100");
    assert.equal(await chat.last.locator(".thought-toggle").count(), 0);
  });

  it("asks a changed question again, and drops the later turns", async () => {
    const count = await chat.turns.count();
    const question = chat.turns.nth(count - 2);
    await question.locator(".question").hover();
    await question.getByRole("button", { name: "Edit and Ask Again" }).click();
    await workbench.shot("chat-edit");
    await question.locator("textarea").fill("Write FizzBuzz in Python.");
    await question.getByRole("button", { name: "Send" }).click();
    await chat.answered("FizzBuzz");
    assert.equal(await chat.turns.count(), count - 1);
    await workbench.shot("chat-resent");
  });

  it("remembers the budget of the conversation", async () => {
    await chat.think("256");
    await chat.ask("Think for a long time.");
    await chat.over();
    const tokens = Number(/(\d+) tokens/.exec(await textOf(chat.last.locator(".thought-toggle")))?.[1]);
    assert.ok(tokens >= 256 && tokens < 300, `${tokens} tokens`);
    assert.equal(await chat.frame.getByLabel("Thinking", { exact: true }).inputValue(), "256");
  });
});
