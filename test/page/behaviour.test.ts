/** The messages that the page sends when it is used, with the mouse and the keyboard. */
import assert from "node:assert/strict";
import type { Reply, ToHost } from "../../media/messages.ts";
import { button, type ChatPage, chatPages, text } from "./chatPage.ts";
import { ANSWER, attachment, composer, conversation, model, reply, STATES, THOUGHT, turn } from "./states.ts";

const running = (change: Partial<Reply> = {}) =>
  turn({ reply: reply({ state: "answering", thought: "", answer: "An", usage: undefined, ...change }) });
const delta = (answer: string, thought = "") => ({
  ...{ type: "delta", turn: "t1", thought, answer },
  ...{ thoughtTokens: 1, thoughtMs: 100, answerTokens: 1 },
});
/** The request number of the search for a query. Searches for other queries may come first. */
const searched = async (chat: ChatPage, query: string) => {
  for (;;) {
    const found = (await chat.told("searchFiles")).find((search) => search.query === query);
    if (found) return found.request;
    await chat.page.waitForTimeout(20);
  }
};
const selected = (chat: ChatPage, option: string) =>
  chat.page.locator(`textarea[aria-activedescendant="${option}"]`).waitFor();
const atEnd = (chat: ChatPage) =>
  chat.page.waitForFunction(() => {
    const box = document.querySelector(".talk")!;
    return box.scrollHeight - box.scrollTop - box.clientHeight < 2;
  });
/** Scrolls up with the wheel. Returns the position when the scrolling has ended. */
const scrolledUp = async (chat: ChatPage) => {
  await chat.page.locator(".talk").hover();
  await chat.page.mouse.wheel(0, -300);
  await chat.page.getByRole("button", { name: "Jump to Latest" }).waitFor();
  const top = () => chat.page.locator(".talk").evaluate((box) => box.scrollTop);
  let [before, after] = [Number.NaN, await top()];
  while (before !== after) {
    await chat.page.waitForTimeout(100);
    [before, after] = [after, await top()];
  }
  return after;
};

describe("the chat's page in use", () => {
  const open = chatPages();
  const opened = async (...messages: unknown[]) => {
    const chat = await open();
    await chat.say(model(), composer(), ...messages);
    return chat;
  };

  describe("the composer", () => {
    it("sends with Enter, breaks lines with Shift+Enter, and is empty afterwards", async () => {
      const chat = await opened(conversation());
      await text(chat).fill("Why");
      await text(chat).press("Shift+Enter");
      await text(chat).pressSequentially("not?");
      await text(chat).press("Enter");
      assert.deepEqual(await chat.told("send"), [{ type: "send", text: "Why\nnot?" }]);
      assert.equal(await text(chat).inputValue(), "");
      await text(chat).press("Enter");
      assert.equal((await chat.told("send")).length, 1, "nothing is sent twice, or empty");
    });

    it("does not send text that an input method is still composing", async () => {
      const chat = await opened(conversation());
      await text(chat).fill("にほん");
      await text(chat).dispatchEvent("keydown", { key: "Enter", isComposing: true });
      assert.deepEqual(await chat.told("send"), []);
    });

    it("sends the draft at the first focus, and then when typing pauses", async () => {
      const chat = await opened(conversation());
      await text(chat).focus();
      assert.deepEqual(await chat.told("draft"), [{ type: "draft", text: "" }]);
      await text(chat).evaluate((area: HTMLTextAreaElement) => {
        // Faster than a pause on any machine.
        for (const letter of "What is this") {
          area.value += letter;
          area.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }
      });
      await chat.page.waitForFunction(
        () => (window as unknown as { posted: ToHost[] }).posted.filter(({ type }) => type === "draft").length > 1,
      );
      assert.deepEqual(await chat.told("draft"), [
        { type: "draft", text: "" },
        { type: "draft", text: "What is this" },
      ]);
    });

    it("keeps the draft through a reload", async () => {
      const chat = await opened(conversation());
      await text(chat).fill("half a question");
      await chat.page.reload();
      await chat.say(model(), composer(), conversation());
      assert.equal(await text(chat).inputValue(), "half a question");
    });

    it("stops a running reply with its button and with Escape", async () => {
      const chat = await opened(conversation(running()));
      await button(chat, "Stop").click();
      await text(chat).press("Escape");
      assert.equal((await chat.told("stop")).length, 2);
    });

    it("queues a question while a reply runs, shows it, and returns it", async () => {
      const chat = await opened(conversation(running()));
      await text(chat).fill("next");
      assert.ok(await button(chat, "Stop").isVisible());
      await button(chat, "Send").click();
      assert.deepEqual(await chat.told("send"), [{ type: "send", text: "next" }]);
      assert.equal(await text(chat).inputValue(), "");
      await chat.say(...STATES.queued!);
      const waiting = chat.page.getByRole("list", { name: "Waiting for the reply" }).getByRole("listitem");
      assert.deepEqual(await waiting.locator(".faint").allTextContents(), ["Up next", "Later"]);
      await text(chat).fill("typed meanwhile");
      await waiting.nth(1).getByRole("button", { name: "Edit Queued Question" }).click();
      assert.deepEqual(await chat.tells("unqueue"), { type: "unqueue", id: "q2" });
      assert.equal(await text(chat).inputValue(), "Thanks!\ntyped meanwhile");
      await chat.say(conversation(turn()));
      await waiting.first().getByRole("button", { name: "Send Now" }).click();
      await chat.tells("sendQueued");
    });

    it("adds attachments, and removes them with the mouse and with Delete", async () => {
      const chat = await opened(conversation());
      await chat.say(
        composer({ attachments: [attachment(), attachment({ id: "a2", label: "b.ts", implicit: true, cut: true })] }),
      );
      await button(chat, "Attach").click();
      await chat.tells("attach");
      await button(chat, "Remove clamp.ts").click();
      await button(chat, "Remove b.ts").press("Delete");
      assert.deepEqual(
        (await chat.told("removeAttachment")).map(({ id }) => id),
        ["a1", "a2"],
      );
      assert.ok(await text(chat).evaluate((area) => area === document.activeElement));
    });

    it("finds files after @ with the keyboard, and removes the typed words", async () => {
      const chat = await opened(conversation());
      await text(chat).pressSequentially("look at @cl");
      const request = await searched(chat, "cl");
      const files = ["clamp.ts", "clock.ts", "cloud.ts"].map((name) => ({
        uri: `file:///w/src/${name}`,
        name,
        folder: "src",
      }));
      await chat.say({ type: "files", request: request - 1, files: [] }, { type: "files", request, files });
      assert.equal(await text(chat).getAttribute("aria-expanded"), "true");
      await selected(chat, "file-0");
      await text(chat).press("ArrowDown");
      await selected(chat, "file-1");
      await text(chat).press("ArrowUp");
      await text(chat).press("ArrowUp");
      await selected(chat, "file-2");
      await text(chat).press("Enter");
      assert.deepEqual(await chat.tells("attachFiles"), { type: "attachFiles", uris: ["file:///w/src/cloud.ts"] });
      await chat.page.locator("textarea:not([role])").waitFor();
      assert.equal(await text(chat).inputValue(), "look at ");
      assert.deepEqual(await chat.told("send"), []);
    });

    const cart = { uri: "file:///w/src/cart.ts", name: "cart.ts", folder: "src" };

    it("offers only matches for the present text after @: Enter waits for them", async () => {
      const chat = await opened(conversation());
      await text(chat).pressSequentially("look at @c");
      const earlier = await searched(chat, "c");
      await chat.say({ type: "files", request: earlier, files: [{ ...cart, uri: "file:///w/a/c.ts", name: "c.ts" }] });
      await selected(chat, "file-0");
      // In one task: the page cannot be drawn, or receive messages, in between.
      await text(chat).evaluate((area: HTMLTextAreaElement) => {
        area.setRangeText("art", area.selectionStart, area.selectionStart, "end");
        area.dispatchEvent(new InputEvent("input", { bubbles: true }));
        for (const key of ["Enter", "Enter"])
          area.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      });
      assert.deepEqual([await chat.told("attachFiles"), await chat.told("send")], [[], []]);
      await text(chat).pressSequentially(" and why");
      const request = await searched(chat, "cart");
      await chat.say({ type: "files", request: earlier, files: [] }, { type: "files", request, files: [cart] });
      assert.deepEqual(await chat.told("attachFiles"), [{ type: "attachFiles", uris: [cart.uri] }]);
      assert.equal(await text(chat).inputValue(), "look at and why");
      assert.deepEqual(await chat.told("send"), []);
    });

    it("returns Enter if no file matches, or if the mention changes after all", async () => {
      const chat = await opened(conversation());
      await text(chat).fill("@nobody");
      await text(chat).press("Enter");
      await chat.say({ type: "files", request: await searched(chat, "nobody"), files: [] });
      await chat.page.locator(".files .none").waitFor();
      await text(chat).press("Backspace");
      await text(chat).press("Enter");
      await text(chat).press("Backspace");
      await chat.say({ type: "files", request: await searched(chat, "nobod"), files: [cart] });
      const request = await searched(chat, "nobo");
      await chat.say({ type: "files", request, files: [] });
      assert.deepEqual([await chat.told("attachFiles"), await chat.told("send")], [[], []]);
      await text(chat).press("Enter");
      assert.deepEqual(await chat.told("send"), [{ type: "send", text: "@nobo" }]);
    });

    it("opens the list again when the focus returns to the word", async () => {
      const chat = await opened(conversation());
      const file = { uri: "file:///a", name: "a.ts", folder: "" };
      await text(chat).pressSequentially("@a");
      await chat.say({ type: "files", request: await searched(chat, "a"), files: [file] });
      await chat.page.locator(".files").waitFor();
      await text(chat).blur();
      await chat.page.locator(".files").waitFor({ state: "detached" });
      await chat.forget();
      await text(chat).focus();
      await chat.say({ type: "files", request: await searched(chat, "a"), files: [file] });
      await chat.page.getByRole("option", { name: "a.ts" }).waitFor();
    });

    it("closes the list with Escape and leaves it closed for this word", async () => {
      const chat = await opened(conversation(running()));
      await text(chat).pressSequentially("@a");
      const request = await searched(chat, "a");
      await chat.say({ type: "files", request, files: [{ uri: "file:///a", name: "a", folder: "" }] });
      await text(chat).press("Escape");
      assert.equal(await chat.page.locator(".files").count(), 0);
      assert.deepEqual(await chat.told("stop"), []);
      await chat.forget();
      await text(chat).pressSequentially("b");
      await chat.page.waitForTimeout(50);
      assert.deepEqual(await chat.told("searchFiles"), []);
    });

    it("takes dropped files", async () => {
      const chat = await opened(conversation());
      const data = await chat.page.evaluateHandle(() => {
        const transfer = new DataTransfer();
        transfer.setData("text/uri-list", "# files\r\nfile:///w/a.ts\r\nfile:///w/b.ts");
        return transfer;
      });
      await chat.page.dispatchEvent("body", "dragover", { dataTransfer: data });
      assert.ok(await chat.page.locator(".drop-hint").isVisible());
      await chat.page.dispatchEvent("body", "drop", { dataTransfer: data });
      assert.deepEqual((await chat.tells("attachFiles")).uris, ["file:///w/a.ts", "file:///w/b.ts"]);
      assert.equal(await chat.page.locator(".drop-hint").count(), 0);
    });

    it("sets the budget", async () => {
      const chat = await opened(conversation());
      await chat.page.getByLabel("Thinking").selectOption("unlimited");
      assert.deepEqual(await chat.tells("setBudget"), { type: "setBudget", budget: "unlimited" });
      await chat.say(composer({ budget: "2048" }));
      assert.equal(await chat.page.getByLabel("Thinking").inputValue(), "2048", "it shows what the host says");
    });

    it("keeps a chosen budget until the host knows it", async () => {
      const chat = await opened(composer({ budget: "512" }), conversation());
      const select = chat.page.getByLabel("Thinking");
      await select.press("Home");
      await chat.say(composer({ budget: "512" }));
      assert.equal(await select.inputValue(), "off");
      await select.press("ArrowDown");
      assert.deepEqual(
        (await chat.told("setBudget")).map(({ budget }) => budget),
        ["off", "256"],
      );
      await chat.say(composer({ budget: "256" }));
      await chat.say(composer({ budget: "512" }));
      assert.equal(await select.inputValue(), "512");
    });

    it("offers what to remove when the prompt is too long, and sends nothing until it fits", async () => {
      const chat = await opened(...STATES.overflow!);
      await text(chat).fill("more");
      await text(chat).press("Enter");
      assert.deepEqual(await chat.told("send"), []);
      await button(chat, "clamp.ts 18K").click();
      await button(chat, "slider.ts:12-40 900").click();
      await button(chat, "New Chat").click();
      assert.deepEqual(
        (await chat.told("drop")).map(({ attachment }) => attachment),
        ["a1", "a2"],
      );
      assert.equal((await chat.tells("command")).command, "newChat");
    });

    it("reports the focus that the host gives it, and puts earlier typing before later typing", async () => {
      const chat = await opened(conversation());
      await text(chat).fill("draft ");
      await text(chat).blur();
      await chat.say({ type: "focus" });
      assert.ok(await text(chat).evaluate((area) => area === document.activeElement));
      assert.equal((await chat.tells("focused")).focused, true);
      await chat.page.keyboard.type("it");
      await chat.say({ type: "typed", text: "explain ", send: false });
      await chat.page.keyboard.type("!");
      assert.equal(await text(chat).inputValue(), "draft explain it!");
    });

    it("offers a model above the composer until there is one", async () => {
      const chat = await opened(conversation(turn()));
      const offer = { name: "Nano", size: "6.5 GB", fit: "on the CPU", here: false };
      await chat.say({
        type: "model",
        model: { type: "noModel", offer, problem: "This machine seems to be offline." },
      });
      await chat.page.locator(".banner", { hasText: "offline" }).waitFor();
      await chat.page.locator(".banner").getByRole("button", { name: "Get a Model…" }).click();
      assert.equal((await chat.tells("command")).command, "getModel");
    });

    it("says why nothing is sent without a model", async () => {
      const chat = await opened(conversation());
      await chat.say({ type: "model", model: { type: "noModel" } });
      await text(chat).fill("hello");
      assert.equal(await chat.page.locator(".composer .blocked").count(), 0);
      await text(chat).press("Enter");
      await chat.page.locator(".composer .blocked", { hasText: "Choose a model first" }).waitFor();
      assert.equal(await text(chat).inputValue(), "hello");
    });

    it("takes keys that are typed before it has the focus", async () => {
      const chat = await opened(conversation());
      await text(chat).blur();
      await chat.page.keyboard.type("early");
      await text(chat).focus();
      await chat.page.keyboard.type(" late");
      await chat.say({ type: "typed", text: "first ", send: false });
      assert.equal(await text(chat).inputValue(), "first early late");
    });
  });

  describe("a turn", () => {
    it("opens what the question refers to", async () => {
      const chat = await opened(conversation(turn()));
      await chat.page.locator(".question .chip").click();
      assert.deepEqual(await chat.tells("openReference"), { type: "openReference", turn: "t1", index: 0 });
    });

    it("edits and resends a question, from its button or from the empty composer", async () => {
      const chat = await opened(conversation(turn()));
      await text(chat).press("ArrowUp");
      const area = chat.page.getByLabel("Edit Question");
      assert.ok(await area.evaluate((element) => element === document.activeElement));
      await area.press("Escape");
      assert.equal(await area.count(), 0);
      assert.ok(await text(chat).evaluate((element) => element === document.activeElement));
      await chat.page.locator(".question").hover();
      await button(chat, "Edit and Ask Again").click();
      await area.fill("Why?");
      await area.press("Enter");
      assert.deepEqual(await chat.told("resend"), [{ type: "resend", turn: "t1", text: "Why?" }]);
    });

    it("answers now, or thinks longer", async () => {
      const chat = await opened(...STATES.thinking!);
      await button(chat, "Answer Now").click();
      await button(chat, "+512").click();
      await chat.tells("answerNow");
      assert.deepEqual(await chat.tells("addBudget"), { type: "addBudget", tokens: 512 });
      await chat.say(...STATES["thinking-unlimited"]!);
      assert.equal(await button(chat, "+512").count(), 0);
    });

    it("opens the thought", async () => {
      const chat = await opened(conversation(turn()));
      const toggle = button(chat, /^Thought for 3.1 s · 287 tokens$/);
      assert.equal(await toggle.getAttribute("aria-expanded"), "false");
      await toggle.click();
      assert.equal(await chat.page.locator(".thought-text").textContent(), THOUGHT);
    });

    it("copies, inserts, replaces and applies code, and makes a new file of it", async () => {
      const chat = await opened(conversation(turn()));
      const code = (ANSWER.split("```")[1] ?? "").replace("typescript\n", "").replace(/\n$/, "");
      for (const [name, action] of Object.entries({
        ...{
          Copy: "copy",
          "Insert at Cursor": "insert",
          "Replace Selection": "replace",
          "New File": "newFile",
          Apply: "apply",
        },
      })) {
        await button(chat, name).click();
        assert.deepEqual(await chat.tells("code"), { type: "code", action, code, language: "typescript" });
      }
      await button(chat, "Copy").click();
      await chat.page.locator(".code .codicon-check").waitFor();
      await chat.page.locator(".code .codicon-copy").waitFor();
    });

    it("offers the actions of a complete code block before the answer is complete", async () => {
      const chat = await opened(conversation(running({ answer: "```js\nlet a" })));
      assert.ok(await button(chat, "Copy").isDisabled());
      await chat.say(delta(" = 1;\n```\n"));
      await button(chat, "Copy").click();
      assert.equal((await chat.tells("code")).code, "let a = 1;");
    });

    it("links names in the answer to code, for the mouse and the keyboard", async () => {
      const chat = await opened(conversation(turn()));
      const name = chat.page.locator(".answer code.name");
      await name.click();
      await name.press("Enter");
      assert.deepEqual(await chat.told("openName"), Array(2).fill({ type: "openName", turn: "t1", name: "clamp" }));
      await chat.say({ type: "turn", turn: turn({ links: [] }), title: "" });
      assert.equal(await name.count(), 0);
    });

    it("copies the reply, and regenerates it, also with another budget", async () => {
      const chat = await opened(conversation(turn()));
      await button(chat, "Copy Answer").click();
      assert.deepEqual(await chat.tells("copyReply"), { type: "copyReply", turn: "t1" });
      await button(chat, "Regenerate").click();
      await chat.page.keyboard.press("Enter");
      await button(chat, "Regenerate").click();
      await chat.page.keyboard.press("ArrowDown");
      await chat.page.keyboard.press("Enter");
      await button(chat, "Regenerate").click();
      await chat.page.getByRole("menuitem", { name: "Think unlimited" }).click();
      assert.deepEqual(await chat.told("regenerate"), [
        { type: "regenerate", turn: "t1" },
        { type: "regenerate", turn: "t1", budget: "off" },
        { type: "regenerate", turn: "t1", budget: "unlimited" },
      ]);
      await button(chat, "Regenerate").click();
      await chat.page.keyboard.press("Escape");
      assert.equal(await chat.page.getByRole("menu").count(), 0);
      assert.ok(await button(chat, "Regenerate").evaluate((element) => element === document.activeElement));
    });

    it("shows the whole menu even without room above it", async () => {
      const chat = await opened(conversation(turn({ references: [], reply: reply({ thought: "", answer: "Yes." }) })));
      await button(chat, "Regenerate").click();
      const [menu, talk] = await Promise.all([
        chat.page.getByRole("menu").boundingBox(),
        chat.page.locator(".talk").boundingBox(),
      ]);
      assert.ok(menu!.y >= talk!.y && menu!.y + menu!.height <= talk!.y + talk!.height);
    });

    it("says why an answer ended or is empty, and offers remedies", async () => {
      const offered: Record<string, [string, string[]]> = {
        "context-full": ["The context is full: the answer ends here.", ["New Chat"]],
        "cut-off": ["The answer reached its length limit.", ["Continue"]],
        "empty-reply": ["The answer was empty.", ["Retry"]],
        "thought-alone": ["The model thought but gave no answer.", ["Retry"]],
      };
      for (const [state, [said, actions]] of Object.entries(offered)) {
        const chat = await opened(...STATES[state]!);
        const notice = chat.page.locator(".notice");
        assert.equal(await notice.locator(".grow").textContent(), said, state);
        assert.deepEqual(await notice.getByRole("button").allTextContents(), actions, state);
        await notice.getByRole("button").click();
        if (actions[0] === "Continue") assert.deepEqual(await chat.tells("continue"), { type: "continue", turn: "t1" });
        if (actions[0] === "Retry")
          assert.deepEqual(await chat.tells("regenerate"), { type: "regenerate", turn: "t1" });
      }
    });

    it("continues a stopped answer", async () => {
      const chat = await opened(...STATES.stopped!);
      await button(chat, "Continue").click();
      assert.deepEqual(await chat.tells("continue"), { type: "continue", turn: "t1" });
    });

    it("keeps the versions of an answer", async () => {
      const chat = await opened(...STATES["cut-off"]!);
      assert.equal((await chat.page.locator(".versions").textContent())?.trim(), "2 of 3");
      await button(chat, "Previous Version").click();
      await button(chat, "Next Version").click();
      assert.deepEqual(
        (await chat.told("showVersion")).map(({ version }) => version),
        [1, 3],
      );
      await chat.say({ type: "turn", turn: turn({ versions: { shown: 3, count: 3 } }), title: "" });
      assert.ok(await button(chat, "Next Version").isDisabled());
    });

    it("retries a failed or interrupted reply, and offers other remedies", async () => {
      const chat = await opened(...STATES.interrupted!);
      await button(chat, "Continue").click();
      await chat.tells("continue");
      await button(chat, "Retry").click();
      assert.deepEqual(await chat.tells("regenerate"), { type: "regenerate", turn: "t1" });
      await button(chat, "Show Log").click();
      assert.equal((await chat.tells("command")).command, "showLog");
    });
  });

  describe("the conversation", () => {
    const long = Array.from({ length: 60 }, (_, line) => `Paragraph ${line}.`).join("\n\n");

    it("stays at the end until the user scrolls up, and returns to it", async () => {
      const chat = await opened(conversation(running({ answer: long })));
      await atEnd(chat);
      await chat.say(delta("\n\nMore.\n\nAnd more."));
      await atEnd(chat);
      const top = await scrolledUp(chat);
      await chat.say(delta("\n\nEven more.\n\nAnd more."));
      assert.equal(await chat.page.locator(".talk").evaluate((box) => box.scrollTop), top);
      await button(chat, "Jump to Latest").click();
      await atEnd(chat);
      assert.equal(await button(chat, "Jump to Latest").count(), 0);
    });

    it("scrolls itself and never the document, whichever element is scrolled to or focused", async () => {
      const turns = Array.from({ length: 60 }, (_, at) => turn({ id: `t${at}`, text: `Question ${at}` }));
      const chat = await opened(conversation(...turns));
      const moved = await chat.page.evaluate(() => {
        const boxes = [document.documentElement, document.body, document.getElementById("app")!];
        return [...document.querySelectorAll<HTMLElement>("body *")].flatMap((element) => {
          element.scrollIntoView({ block: "start" });
          element.focus();
          const scrolled = boxes.some((box) => box.scrollTop !== 0 || box.scrollHeight > box.clientHeight);
          for (const box of boxes) box.scrollTop = 0;
          return scrolled ? [element.outerHTML.slice(0, 80)] : [];
        });
      });
      assert.deepEqual(moved, []);
      assert.ok(await text(chat).isVisible());
    });

    it("keeps its scroll position through a reload", async () => {
      const chat = await opened(conversation(turn({ reply: reply({ answer: long }) })));
      const top = await scrolledUp(chat);
      await chat.page.reload();
      await chat.say(model(), composer(), conversation(turn({ reply: reply({ answer: long }) })));
      assert.equal(await chat.page.locator(".talk").evaluate((box) => box.scrollTop), top);
    });

    it("is replaced by another one, and ignores late messages for the old one", async () => {
      const chat = await opened(conversation(running()));
      await chat.say({ type: "conversation", conversation: { id: "c2", title: "New", turns: [] } }, delta("late"));
      assert.equal(await chat.page.locator(".turn").count(), 0);
      assert.ok(await chat.page.locator(".welcome").isVisible());
      assert.deepEqual(chat.errors, []);
    });

    it("announces states and the answer, not each token", async () => {
      const chat = await opened(conversation(running({ state: "waiting", answer: "" })));
      const log = chat.page.getByRole("log");
      assert.equal(await log.textContent(), "Waiting for the model");
      await chat.say(delta("", "hm"));
      assert.equal(await log.textContent(), "Thinking");
      await chat.say(delta("An"), delta("swer"));
      assert.equal(await log.textContent(), "Answering");
      assert.equal(await chat.page.locator("main").getAttribute("aria-busy"), "true");
      await chat.say({ type: "turn", turn: turn({ reply: reply({ answer: "Answer" }) }), title: "" });
      assert.equal(await log.textContent(), "Answer");
      assert.equal(await chat.page.locator("main").getAttribute("aria-busy"), "false");
    });
  });

  describe("an empty chat", () => {
    it("offers a model", async () => {
      const chat = await opened(...STATES["no-model"]!);
      await button(chat, "Choose Model…").click();
      await chat.say(...STATES.offer!);
      await button(chat, "Choose Another…").click();
      await button(chat, "Download Nemotron Nano 9B v2 · 6.5 GB").click();
      await chat.say(...STATES["offer-interrupted"]!);
      await button(chat, "Resume Nemotron Nano 9B v2 · 2.1 GB of 6.5 GB").click();
      await chat.say(...STATES.downloading!);
      assert.equal(await chat.page.getByRole("progressbar").getAttribute("aria-valuenow"), "32");
      await button(chat, "Cancel").click();
      await chat.say(...STATES.asleep!);
      await button(chat, "Load Model").click();
      assert.deepEqual(
        (await chat.told("command")).map(({ command }) => command),
        ["chooseModel", "chooseModel", "getModel", "getModel", "cancelDownload", "loadModel"],
      );
    });

    it("can be typed in while the model loads", async () => {
      const chat = await opened(...STATES.loading!);
      await text(chat).fill("already");
      await text(chat).press("Enter");
      assert.deepEqual(await chat.tells("send"), { type: "send", text: "already" });
    });

    it("fills in an example", async () => {
      const chat = await opened(...STATES.ready!);
      await button(chat, "Explain the selected code").click();
      assert.equal(await text(chat).inputValue(), "Explain the selected code");
      assert.deepEqual(await chat.told("send"), []);
    });
  });
});
