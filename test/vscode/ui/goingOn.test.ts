/** Replies that go on without the window, or without the server that they were asked of. */
import assert from "node:assert/strict";
import { findProcess, signal } from "../host/processes.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

const words = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i + 1}`).join(" ");
const LONG = { thought: words("thought", 200), answer: words("word", 80), delayMs: 50 };

describe("a reply goes on", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench({
      script: [
        { match: "first", ...LONG },
        { match: "second", ...LONG },
        { match: "endless", ...LONG, thought: words("thought", 5000) },
      ],
    });
    chat = new ChatPanel(workbench);
    await chat.open();
  });
  after(() => workbench?.stop());

  const title = () => chat.last.locator(".thought-title");
  const stored = (question: string) =>
    chat
      .storedAll()
      .find(({ turns }) => turns.at(-1)?.text.includes(question))
      ?.turns.at(-1)?.reply;
  const isWhole = (question: string) => {
    const { thought, answer, state } = stored(question)!;
    assert.deepEqual([state, thought, answer], ["done", LONG.thought, LONG.answer]);
  };
  const reload = async () => {
    await workbench.reload();
    await chat.open();
  };
  const anew = async () => {
    await workbench.runCommand("Nemotron: New Chat");
    await chat.frame.locator(".welcome").waitFor();
  };
  const thoughtTokens = async () => Number(/([\d,]+) of/.exec(await textOf(title()))?.[1]?.replace(",", ""));

  it("when the window is reloaded, twice", async () => {
    await chat.ask("The first question.");
    await title()
      .filter({ hasText: /· [2-9]\d of/ })
      .waitFor();
    for (const name of ["once", "twice"]) {
      const before = await thoughtTokens();
      await reload();
      await title().waitFor();
      const tokens = await thoughtTokens();
      assert.ok(tokens >= before, `${tokens} of ${before} tokens are there`);
      await workbench.shot(`going-on-${name}`);
    }
    await chat.answered("word80");
    isWhole("first");
    assert.equal(await chat.last.locator(".problem").count(), 0);
  });

  it("when the server is killed", async () => {
    await anew();
    await chat.ask("The second question.");
    await title()
      .filter({ hasText: /· [2-9]\d of/ })
      .waitFor();
    signal(findProcess(workbench.server.pid, "server")!, "SIGKILL");
    await chat.answer.filter({ hasText: "word10" }).waitFor();
    signal(findProcess(workbench.server.pid, "server")!, "SIGKILL");
    await chat.answered("word80");
    isWhole("second");
  });

  it("in each conversation, whichever is open", async () => {
    await anew();
    await chat.ask("Again the first question.");
    await title().waitFor();
    await anew();
    await chat.ask("Again the second question.");
    await title().waitFor();
    await anew();
    await reload();
    for (const question of ["Again the first", "Again the second"])
      await workbench.until(async () => stored(question)?.state === "done", `${question} has been answered`);
    isWhole("Again the first");
    isWhole("Again the second");
  });

  it("and can be thought about longer, answered now, stopped", async () => {
    await anew();
    await chat.ask("An endless question.");
    await title().waitFor();
    await reload();
    await chat.button("+512").click();
    await title().filter({ hasText: "of 1,536" }).waitFor();
    await chat.button("Answer now").click();
    await chat.answer.filter({ hasText: "word2" }).waitFor();
    await reload();
    await chat.button("Stop").click();
    await chat.over();
    await chat.last.getByText("Stopped").waitFor();
    await reload();
    await chat.last.getByText("Stopped").waitFor();
  });

  it("until its conversation is deleted", async () => {
    await anew();
    await chat.ask("An endless question that nobody wants.");
    await title().waitFor();
    await reload();
    await title().waitFor();
    await workbench.runCommand("Nemotron: Delete Chat");
    await workbench.page.locator(".monaco-dialog-box").getByRole("button", { name: "Delete" }).click();
    await chat.frame.locator(".welcome").waitFor();
    assert.equal(stored("nobody wants"), undefined);
  });
});
