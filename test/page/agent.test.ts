/** The agent in the chat's page: each thing that can be done, with the mouse and with the keyboard. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import type { AgentRow, Approval } from "../../media/agent.ts";
import {
  AGENT_STATES,
  APPROVAL,
  agentComposer,
  agentTurn,
  DIFF,
  OUTPUT,
  ROWS,
  RUNNING_ROW,
  row,
  runningAgent,
  SUMMARY,
} from "./agentStates.ts";
import { button, type ChatPage, chatPages, text } from "./chatPage.ts";
import { composer, conversation, model, turn } from "./states.ts";

const step = (chat: ChatPage, at: number): Locator => chat.page.locator(".step").nth(at);
const toggle = (chat: ChatPage, at: number): Locator => chat.page.locator(".step-toggle").nth(at);
const log = (chat: ChatPage) => chat.page.getByRole("log").textContent();
const focused = (chat: ChatPage) =>
  chat.page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute("aria-label") ?? activeElement?.className.split(" ").at(-1) ?? "";
  });
const rowMessage = (row: AgentRow) => ({ type: "row", turn: "t1", row });
const asks = (change: Partial<Approval> = {}) => ({
  ...{ type: "approval", turn: "t1", approval: { ...APPROVAL, ...change } },
});

describe("the agent in the chat's page", () => {
  const open = chatPages();
  const opened = async (...messages: unknown[]) => {
    const chat = await open();
    await chat.say(model(), agentComposer(), ...messages);
    return chat;
  };

  describe("the mode", () => {
    it("changes by a click and by the arrow keys, and says what Agent may do", async () => {
      const chat = await opened(composer(), conversation());
      const [ask, agent] = [
        chat.page.getByRole("radio", { name: "Ask" }),
        chat.page.getByRole("radio", { name: "Agent" }),
      ];
      assert.ok(await ask.isChecked());
      assert.equal(await chat.page.locator(".mode-line").count(), 0);
      await agent.click();
      assert.deepEqual(await chat.told("setMode"), [{ type: "setMode", mode: "agent" }]);
      // What the host sends before it hears of the choice does not take it back.
      await chat.say(composer());
      assert.ok(await agent.isChecked());
      assert.equal(
        await chat.page.locator(".mode-line .hint").textContent(),
        "Reads and edits files, asks before commands",
      );
      assert.equal(await text(chat).getAttribute("placeholder"), "Describe a task, @ for files");
      await chat.say(agentComposer());
      await agent.press("ArrowLeft");
      assert.equal((await chat.told("setMode")).at(-1)?.mode, "ask");
      await chat.say(composer());
      assert.ok(await ask.isChecked());
      // A command of the editor changes it, too.
      await chat.say(agentComposer());
      assert.ok(await agent.isChecked());
    });

    it("shows budgets for plan and step, and the further tools", async () => {
      const chat = await opened(conversation());
      assert.equal(await chat.page.getByLabel("Thinking", { exact: true }).count(), 0);
      await chat.page.getByLabel("Thinking in the first step").selectOption("2048");
      await chat.page.getByLabel("Thinking in each further step").press("Home");
      assert.deepEqual(await chat.told("setAgentBudget"), [
        { type: "setAgentBudget", which: "plan", budget: "2048" },
        { type: "setAgentBudget", which: "step", budget: "off" },
      ]);
      await button(chat, "Further Tools: 2").press("Enter");
      await chat.tells("chooseTools");
    });

    it("stays Ask where Agent is not available, and says why", async () => {
      const chat = await opened(conversation());
      const why = "Agent is off because this workspace is not trusted";
      const off = { available: false, why, plan: "1024", step: "256", tools: 0 } as const;
      await chat.say(composer({ agent: off }));
      const line = chat.page.locator(".mode-line");
      const ask = chat.page.getByRole("radio", { name: "Ask" });
      // Playwright itself would wait until it is enabled.
      await chat.page.locator(".mode", { hasText: "Agent" }).click({ force: true });
      assert.equal(await line.textContent(), why);
      assert.ok(await ask.isChecked());
      await ask.click();
      await line.waitFor({ state: "detached" });
      await ask.press("ArrowRight");
      assert.equal(await line.textContent(), why);
      assert.ok(await ask.isChecked());
      assert.deepEqual(await chat.told("setMode"), []);
      // A conversation that was the agent's sends nothing.
      await chat.say(composer({ mode: "agent", agent: off }));
      await text(chat).fill("Fix it");
      await text(chat).press("Enter");
      assert.equal(await chat.page.locator(".composer .blocked").textContent(), why);
      assert.deepEqual(await chat.told("send"), []);
    });

    it("sends a message while the agent runs, and stops it", async () => {
      const chat = await opened(conversation(runningAgent()));
      await text(chat).fill("leave the tests");
      assert.equal(await button(chat, "Send").getAttribute("title"), "Send before the next step (Enter)");
      await text(chat).press("Enter");
      assert.deepEqual(await chat.told("send"), [{ type: "send", text: "leave the tests" }]);
      await text(chat).press("Escape");
      await button(chat, "Stop").click();
      assert.equal((await chat.told("stop")).length, 2);
    });
  });

  describe("a step", () => {
    it("opens with the mouse, Enter and Space, and shows thought, arguments, output and diff as text", async () => {
      const chat = await opened(conversation(agentTurn()));
      assert.deepEqual(
        await chat.page.locator(".step-title").allTextContents(),
        ROWS.map(({ title }) => title),
      );
      await toggle(chat, 0).click();
      assert.equal(await toggle(chat, 0).getAttribute("aria-expanded"), "true");
      assert.equal(await step(chat, 0).locator(".thought-text").textContent(), ROWS[0]!.thought!.text);
      await toggle(chat, 1).press("Enter");
      const shown = (at: number) => step(chat, at).locator(".code pre").allTextContents();
      assert.deepEqual(await shown(1), ['{\n  "path": "src/cart.ts",\n  "from": 1,\n  "to": 80\n}', "1| import …"]);
      await toggle(chat, 3).press(" ");
      assert.deepEqual(await shown(3), [DIFF.trimEnd()]);
      assert.equal(await step(chat, 3).locator(".line.added").count(), 3);
      assert.equal(await step(chat, 3).locator(".line.removed").count(), 1);
      await step(chat, 3).locator(".line [style]").first().waitFor();
      await toggle(chat, 3).press("Enter");
      assert.equal(await step(chat, 3).locator(".details").count(), 0);
      // There is nothing in it to open.
      assert.ok(await toggle(chat, 4).isDisabled());
    });

    it("is reached with the arrow keys, Home and End", async () => {
      const chat = await opened(conversation(agentTurn()));
      const at = () => chat.page.evaluate(() => document.activeElement?.textContent);
      await toggle(chat, 2).focus();
      await chat.page.keyboard.press("ArrowDown");
      await chat.page.keyboard.press("ArrowDown");
      assert.equal(await at(), ROWS[5]!.title, "rows that cannot be opened are passed over");
      await chat.page.keyboard.press("ArrowUp");
      assert.equal(await at(), ROWS[3]!.title);
      await chat.page.keyboard.press("End");
      assert.equal(await at(), ROWS[9]!.title);
      await chat.page.keyboard.press("Home");
      assert.equal(await at(), ROWS[0]!.title);
    });

    it("shows its live thought, which can be ended or extended", async () => {
      const chat = await opened(conversation(runningAgent({ rows: ROWS.slice(0, 2) })), rowMessage(RUNNING_ROW));
      await chat.say({
        ...{ type: "rowDelta", turn: "t1", row: "r", thought: " Now the loop." },
        ...{ thoughtTokens: 230, thoughtMs: 2400 },
      });
      assert.match((await chat.page.locator(".thought-title").textContent()) ?? "", /2.4 s · 230 of 256/);
      assert.match((await chat.page.locator(".thought-tail").textContent()) ?? "", /Now the loop\.$/);
      await button(chat, "Answer Now").click();
      await button(chat, "+512").press("Enter");
      await chat.tells("answerNow");
      assert.deepEqual(await chat.tells("addBudget"), { type: "addBudget", tokens: 512 });
      await chat.say(rowMessage({ ...RUNNING_ROW, thought: { ...RUNNING_ROW.thought!, running: false } }));
      assert.equal(await chat.page.locator(".thought-tail").count(), 0);
    });

    it("stays open while it runs, and its output grows", async () => {
      const running = row({ id: "r", icon: "run", title: "Running npm test", state: "running", details: [] });
      const chat = await opened(conversation(runningAgent({ rows: [] })), rowMessage(running));
      const output = (output: string) => chat.say({ type: "rowDelta", turn: "t1", row: "r", output });
      await output("> shop@1.0.0 test\n");
      await toggle(chat, 0).click();
      await output("> node --test\n");
      await chat.page.getByText("node --test").waitFor();
      assert.equal(await step(chat, 0).locator("pre").textContent(), "> shop@1.0.0 test\n> node --test");
      await chat.say(rowMessage({ ...running, state: "failed", details: [{ kind: "output", text: OUTPUT }] }));
      assert.equal(await step(chat, 0).locator("pre").textContent(), OUTPUT.trimEnd());
      assert.equal(await step(chat, 0).getByRole("img", { name: "Failed" }).count(), 1);
      await step(chat, 0).getByRole("button", { name: "Copy" }).click();
      assert.deepEqual(await chat.tells("code"), {
        type: "code",
        action: "copy",
        code: OUTPUT.trimEnd(),
        language: "",
      });
      assert.equal(await step(chat, 0).getByRole("button", { name: "Apply" }).count(), 0);
    });

    it("can be restored or regenerated while nothing runs", async () => {
      const chat = await opened(conversation(agentTurn({ summary: SUMMARY })));
      const restore = "Restore Files and Chat to Before This Step";
      await step(chat, 1).hover();
      await step(chat, 1).getByRole("button", { name: restore }).click();
      await toggle(chat, 3).focus();
      for (const key of ["Tab", "Enter", "Tab", "Enter"]) await chat.page.keyboard.press(key);
      assert.deepEqual(await chat.told("restoreStep"), [
        { type: "restoreStep", turn: "t1", row: "2" },
        { type: "restoreStep", turn: "t1", row: "4" },
      ]);
      assert.deepEqual(await chat.told("regenerateStep"), [{ type: "regenerateStep", turn: "t1", row: "4" }]);
      assert.equal(await step(chat, 4).getByRole("button").count(), 1, "only what is possible is offered");
      await chat.say({ type: "turn", turn: runningAgent(), title: "" });
      assert.equal(await button(chat, restore).count(), 0);
    });

    it("is drawn again only if it has changed", async () => {
      const rows = Array.from({ length: 50 }, (_, at) => row({ id: `${at}`, title: `Step ${at}` }));
      const chat = await opened(conversation(runningAgent({ rows })), rowMessage(RUNNING_ROW));
      const changed = chat.page.evaluate(
        () =>
          new Promise<string[]>((resolve) => {
            const steps = document.querySelector(".steps")!;
            new MutationObserver((records) => {
              const touched = records.map(({ target }) =>
                (target instanceof Element ? target : target.parentElement)!
                  .closest(".step")
                  ?.querySelector(".step-title"),
              );
              resolve([...new Set(touched.map((title) => title?.textContent ?? "the list"))]);
            }).observe(steps, { attributes: true, childList: true, characterData: true, subtree: true });
          }),
      );
      await chat.say({ type: "rowDelta", turn: "t1", row: "r", thought: " more", thoughtTokens: 213, thoughtMs: 2200 });
      assert.deepEqual(await changed, ["Editing cart.ts"]);
    });
  });

  describe("what it asks", () => {
    const asking = async (change: Partial<Approval> = {}) => {
      const chat = await opened(conversation(runningAgent()));
      await text(chat).focus();
      await chat.say(asks(change));
      return chat;
    };

    it("is answered with the mouse: once, always, or not, with a word for the model", async () => {
      const chat = await asking();
      assert.equal(await chat.page.locator(".approval pre").textContent(), APPROVAL.text);
      assert.equal(await chat.page.locator(".approval .hint").textContent(), APPROVAL.detail);
      await button(chat, "Run").click();
      assert.ok(await button(chat, "Run").isDisabled(), "it is answered only once");
      await chat.say({ type: "approval", turn: "t1" });
      assert.equal(await chat.page.locator(".approval").count(), 0);
      assert.equal(await focused(chat), "Describe a task");
      await chat.say(asks({ id: "p2" }));
      await button(chat, "Always in This Workspace").click();
      await chat.say(asks({ id: "p3" }));
      await chat.page.getByLabel("Why not, for the model").fill("  use npm run check ");
      await button(chat, "Don't").click();
      assert.deepEqual(await chat.told("approve"), [
        { type: "approve", turn: "t1", id: "p1", answer: "yes" },
        { type: "approve", turn: "t1", id: "p2", answer: "always" },
        { type: "approve", turn: "t1", id: "p3", answer: "no", why: "use npm run check" },
      ]);
    });

    it("is answered with the keys, and never by a key that was meant for the composer", async () => {
      const chat = await asking();
      assert.equal(await focused(chat), "approval");
      await chat.page.keyboard.press("Enter");
      await chat.page.keyboard.press("Enter");
      await chat.page.keyboard.type(" no");
      assert.equal(await text(chat).inputValue(), " no");
      assert.deepEqual([await chat.told("approve"), await chat.told("send")], [[], []]);
      // From the composer, the card is before it.
      await chat.page.locator(".approval pre").focus();
      await chat.page.keyboard.press("Tab");
      await chat.page.keyboard.press("Enter");
      assert.equal(await focused(chat), "Describe a task");
      assert.equal(await text(chat).inputValue(), " no");
      await chat.say(asks({ id: "p2" }));
      await chat.page.getByLabel("Why not, for the model").focus();
      await chat.page.keyboard.press("Enter");
      assert.deepEqual(
        (await chat.told("approve")).map(({ answer }) => answer),
        ["yes", "no"],
      );
    });

    it("leaves the focus where someone types, and is announced there", async () => {
      const chat = await opened(conversation(runningAgent()));
      await text(chat).fill("half a sen");
      await chat.say(asks());
      assert.equal(await focused(chat), "Describe a task");
      assert.equal(await log(chat), `Run this command? ${APPROVAL.text} ${APPROVAL.detail}`);
      await chat.page.keyboard.type("tence");
      assert.equal(await text(chat).inputValue(), "half a sentence");
      await chat.page.keyboard.press("Shift+Tab");
      assert.equal(await focused(chat), "chip", "the chips are before the text");
    });

    it("takes a check's command as it was changed", async () => {
      const chat = await asking({ kind: "check", text: "npm test" });
      const field = chat.page.getByLabel("Command of the check");
      assert.equal(await field.inputValue(), "npm test");
      await field.fill(" ");
      assert.ok(await button(chat, "Run").isDisabled());
      await field.fill("npm run check");
      await field.press("Enter");
      await chat.say(asks({ id: "p2", kind: "check", text: "npm test" }));
      await button(chat, "Run").click();
      assert.deepEqual(await chat.told("approve"), [
        { type: "approve", turn: "t1", id: "p1", answer: "yes", command: "npm run check" },
        { type: "approve", turn: "t1", id: "p2", answer: "yes" },
      ]);
      await chat.say(asks({ id: "p3", kind: "check", text: "npm test" }));
      assert.equal(await button(chat, "Always in This Workspace").count(), 0, "Run remembers it already");
    });

    it("shows an edit as its diff, and offers no way to allow all", async () => {
      const chat = await asking({ kind: "edit", text: DIFF, detail: "src/cart.ts" });
      assert.equal(await chat.page.locator(".approval pre").textContent(), DIFF.trimEnd());
      assert.equal(await button(chat, "Always in This Workspace").count(), 0);
      await button(chat, "Apply").click();
      assert.equal((await chat.tells("approve")).answer, "yes");
    });

    it("shows what is invisible in a command", async () => {
      const chat = await asking({ text: "echo \u202e hi\u200b\nrm -r ." });
      assert.equal(await chat.page.locator(".approval pre").textContent(), "echo \\u{202e} hi\\u{200b}\nrm -r .");
    });
  });

  describe("what it has done", () => {
    it("is shown with its files, its check and what is left, and can be kept, undone and continued", async () => {
      const chat = await opened(...AGENT_STATES["agent-limit"]!);
      const summary = chat.page.getByRole("region", { name: "What the agent did" });
      assert.equal(await summary.locator(".finding").count(), 2);
      await button(chat, "cart.ts src +3 −1").click();
      await button(chat, "discount.ts src/pricing/rules/seasonal +14").press("Enter");
      assert.deepEqual(
        (await chat.told("openChange")).map(({ path }) => path),
        ["src/cart.ts", "src/pricing/rules/seasonal/discount.ts"],
      );
      const verbs = {
        Keep: "keepTurn",
        Undo: "undoTurn",
        "Show All Changes": "openChanges",
        Continue: "continueAgent",
      } as const;
      for (const [name, type] of Object.entries(verbs)) {
        await summary.getByRole("button", { name, exact: true }).click();
        await summary.getByRole("button", { name, exact: true }).press("Enter");
        assert.deepEqual(await chat.told(type), Array(2).fill({ type, turn: "t1" }));
      }
    });

    it("offers only what is possible", async () => {
      const chat = await opened(...AGENT_STATES["agent-done"]!);
      for (const name of ["Continue", "Retry", "Regenerate"]) assert.equal(await button(chat, name).count(), 0, name);
      await button(chat, "Copy Answer").click();
      await chat.tells("copyReply");
      await chat.say(conversation(agentTurn({ summary: SUMMARY }), { ...runningAgent(), id: "t2" }));
      for (const name of ["Keep", "Undo"]) assert.ok(await button(chat, name).isDisabled(), name);
      await chat.say(conversation(agentTurn({ summary: { ...SUMMARY, canContinue: true } }), turn({ id: "t2" })));
      assert.equal(await button(chat, "Continue").count(), 0, "only the last turn goes on");
    });

    it("does not change turns of Ask", async () => {
      const chat = await opened(conversation(turn()));
      assert.equal(await chat.page.locator(".steps, .summary").count(), 0);
      assert.ok(await button(chat, "Regenerate").isVisible());
    });
  });

  it("announces each step once, and at the end what it has come to", async () => {
    const chat = await opened(conversation(runningAgent({ rows: ROWS.slice(0, 2) })));
    assert.equal(await log(chat), "", "earlier steps are not announced");
    await chat.say(rowMessage(RUNNING_ROW));
    await chat.say({ type: "rowDelta", turn: "t1", row: "r", thought: "hm", thoughtTokens: 1, thoughtMs: 1 });
    assert.equal(await log(chat), "");
    await chat.page.evaluate(() => {
      const announced: string[] = [];
      Object.assign(window, { announced });
      const region = document.querySelector("[role=log]")!;
      new MutationObserver(() => announced.push(region.textContent)).observe(region, {
        childList: true,
        subtree: true,
      });
    });
    const read = (id: string) => rowMessage(row({ id, title: "Read cart.ts 1-80" }));
    await chat.say(rowMessage({ ...RUNNING_ROW, title: "Edited cart.ts +3 −1", state: "done" }));
    await chat.say({ type: "progress", turn: "t1", state: "reading", reading: { read: 1, total: 9 } });
    await chat.say(read("a"));
    await chat.say(read("a"));
    await chat.say(read("b"));
    const last = row({ id: "c", title: "Checked with npm test: passed" });
    const rows = [...["a", "b"].map((id) => row({ id })), last];
    await chat.say({ type: "turn", turn: agentTurn({ rows, summary: SUMMARY }), title: "" });
    const announced = await chat.page.evaluate(() => (window as unknown as { announced: string[] }).announced);
    assert.deepEqual(announced, [
      "Edited cart.ts +3 −1",
      "Read cart.ts 1-80",
      "Read cart.ts 1-80",
      "Checked with npm test: passed. Done and checked. npm test: 12 passed. `total` now multiplies each price by its quantity.",
    ]);
  });

  it("finds and copies the words of its steps", async () => {
    const chat = await opened(conversation(agentTurn()));
    await chat.say({ type: "go", to: "find" });
    await chat.page.getByLabel("Find in Chat").fill("Searched");
    await chat.page.locator(".find [role=status]", { hasText: "1 of 1" }).waitFor();
    const copied = await chat.page.evaluate(() => {
      getSelection()!.selectAllChildren(document.querySelector(".steps")!);
      const clipboardData = new DataTransfer();
      document.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
      return clipboardData.getData("text/plain");
    });
    const lines = copied.split("\n").filter((line) => line.trim());
    assert.deepEqual(
      lines,
      ROWS.map(({ title }) => title),
    );
  });
});
