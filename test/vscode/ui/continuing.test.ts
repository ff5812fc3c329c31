/** Replies that continue without the window in which they were asked for. */
import assert from "node:assert/strict";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

const LONG = "Think for a long time.";
const COUNT = "Count to one hundred.";

describe("a reply continues", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench();
    chat = new ChatPanel(workbench);
    await chat.open();
    // Starts the engine, so that it can be held.
    await chat.ask("ping");
    await chat.answered("pong");
  });
  after(() => leaveWorkbench(workbench));
  afterEach(() => chat.release());

  const title = () => chat.last.locator(".thought-title");
  const thoughtTokens = async () =>
    Number(
      /· ([\d,]+) (?:of|tokens)/
        .exec(await textOf(chat.last.locator(".thought-title, .thought-toggle")))?.[1]
        ?.replace(",", ""),
    );
  const stored = (question: string) =>
    chat
      .storedAll()
      .find(({ turns }) => turns.at(-1)?.text === question)
      ?.turns.at(-1)?.reply;
  const reload = async () => {
    await workbench.reload();
    await chat.open();
  };
  /** Asks, and resolves in the middle of the thought, where the model is held. */
  const think = async () => {
    await chat.hold();
    await chat.ask(LONG);
    await chat.step();
    const begun = title().filter({ hasText: /· [1-9]\d* of/ });
    await begun.waitFor();
    const runs = async () => /^(?:waiting|reading|thinking)$/.test(stored(LONG)?.state ?? "");
    await workbench.until(runs, "the question is on disk");
  };
  /** The same in the middle of the answer. */
  const count = async () => {
    await chat.hold();
    await chat.ask(COUNT);
    await chat.step();
    await chat.answer.filter({ hasText: "1, 2, 3" }).waitFor();
  };

  it("when the window is reloaded, twice", async () => {
    await think();
    let before = 0;
    for (const name of ["once", "twice"]) {
      const shown = await thoughtTokens();
      assert.ok(shown > before, `${shown} tokens, and ${before} before`);
      before = shown;
      await reload();
      await title().waitFor();
      // Until the reply is resumed, the page shows what was on disk.
      await workbench.until(async () => (await thoughtTokens()) >= before, "all of the thought is back");
      await workbench.shot(`going-on-${name}`);
      await chat.step();
      await workbench.until(async () => (await thoughtTokens()) > before, "it thinks on");
    }
    const { thought } = stored(LONG)!;
    await chat.release();
    await chat.over();
    assert.equal(await chat.last.locator(".problem").count(), 0);
    await workbench.until(async () => stored(LONG)?.state === "done", "it is on disk");
    const whole = stored(LONG)!;
    assert.ok(whole.thought.startsWith(thought) && whole.answer !== "");
    assert.match(await textOf(chat.last.locator(".footer")), /tok\/s/);
  });

  it("in each conversation, whichever is open", async () => {
    await chat.startNew();
    await count();
    await chat.startNew();
    // It waits for the first: there is one model.
    await chat.ask("What is recursion?");
    await chat.startNew();
    await reload();
    await chat.release();
    for (const question of [COUNT, "What is recursion?"])
      await workbench.until(async () => stored(question)?.state === "done", `${question} has been answered`);
    assert.match(stored(COUNT)!.answer, /^1, 2, 3.*98, 99, 100/s);
    assert.match(stored("What is recursion?")!.answer, /a function calls itself/);
  });

  it("and can be extended, and answered now", async () => {
    await chat.startNew();
    await think();
    await reload();
    await title().waitFor();
    await chat.untilReceived("addBudget", () => chat.button("+512").click());
    await chat.step();
    await chat.last.locator(".thought-title", { hasText: "of 1,536" }).waitFor();
    await chat.untilReceived("answerNow", () => chat.button("Answer Now").click());
    await chat.release();
    await chat.last.locator(".thought-toggle").waitFor();
    await chat.over();
    assert.notEqual((await textOf(chat.answer)).trim(), "");
    const thought = Number(/(\d+) tokens/.exec(await textOf(chat.last.locator(".thought-toggle")))?.[1]);
    assert.ok(thought < 880, `${thought} tokens`);
  });

  it("and can be stopped for good", async () => {
    await chat.startNew();
    await think();
    await reload();
    await title().waitFor();
    await chat.stop();
    await chat.last.getByText("Stopped").waitFor();
    await workbench.until(async () => stored(LONG)?.state === "stopped", "it is on disk");
    await reload();
    await chat.last.getByText("Stopped").waitFor();
  });

  it("until its conversation is deleted", async () => {
    await chat.startNew();
    await think();
    await reload();
    await title().waitFor();
    const { id } = chat.stored()!;
    await workbench.runCommand("Nemotron: Delete Chat");
    await workbench.page.locator(".monaco-dialog-box").getByRole("button", { name: "Delete" }).click();
    await chat.frame.locator(".welcome").waitFor();
    await chat.release();
    await workbench.until(async () => chat.storedAll().every((other) => other.id !== id), "it is gone");
    await chat.ask("ping");
    await chat.answered("pong");
  });
});
