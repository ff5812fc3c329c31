/** Finding in the chat, and moving through it with keys. */
import assert from "node:assert/strict";
import type { GoTarget } from "../../media/messages.ts";
import { type ChatPage, chatPages } from "./chatPage.ts";
import { ANSWER, conversation, MATH, model, reply, turn } from "./states.ts";

const long = Array.from({ length: 200 }, (_, at) => (at === 150 ? "const needle = 1;" : `let line${at};`)).join("\n");
const turns = [
  turn({ id: "t0", text: "Where is the Needle?" }),
  turn({ id: "t1", text: "And code?", reply: reply({ answer: `\`\`\`ts\n${long}\n\`\`\`` }) }),
  turn({ id: "t2", text: "Other", reply: reply({ answer: `A nee**dle** in two parts.\n\n${ANSWER}${MATH}` }) }),
];
const input = (chat: ChatPage) => chat.page.getByLabel("Find in Chat");
const status = (chat: ChatPage, text: string) => chat.page.getByRole("status").filter({ hasText: text }).waitFor();
const focused = (chat: ChatPage) =>
  chat.page.evaluate(() => {
    const element = document.activeElement!;
    return element.closest(".code")
      ? "code"
      : (element.querySelector(".question-text")?.textContent ?? element.tagName);
  });

/** Whether the line with the needle is in view, after the page has been drawn. */
const isSeen = (chat: ChatPage) =>
  chat.page.evaluate(async () => {
    for (const _ of [1, 2, 3]) await new Promise(requestAnimationFrame);
    const found = [...document.querySelectorAll(".line")].find(({ textContent }) => textContent?.includes("needle"))!;
    const [line, talk] = [found, found.closest(".talk")!].map((box) => box.getBoundingClientRect());
    return line!.top > talk!.top && line!.bottom < talk!.bottom;
  });

describe("search in the chat's page", () => {
  const open = chatPages();
  const opened = async () => {
    const chat = await open();
    await chat.say(model(), conversation(...turns));
    await chat.settled();
    return chat;
  };
  const go = (chat: ChatPage, to: GoTarget) => chat.say({ type: "go", to });

  it("finds a text in questions, code and across elements, with the keyboard alone", async () => {
    const chat = await opened();
    await go(chat, "find");
    await input(chat).fill("NEEDLE");
    await status(chat, "1 of 3");
    await input(chat).press("Enter");
    await status(chat, "2 of 3");
    assert.equal(await chat.page.locator(".code.folded").count(), 0, "what was folded away is shown");
    assert.ok(await isSeen(chat));
    await input(chat).press("Enter");
    await status(chat, "3 of 3");
    await input(chat).press("Enter");
    await status(chat, "1 of 3");
    await input(chat).press("Shift+Enter");
    await status(chat, "3 of 3");
    assert.equal(await chat.page.evaluate(() => CSS.highlights.get("found")?.size), 3);
    await input(chat).fill("nowhere");
    await status(chat, "No results");
    await input(chat).press("Escape");
    assert.equal(await input(chat).count(), 0);
    assert.equal(await chat.page.evaluate(() => CSS.highlights.get("found")?.size), 0);
    assert.ok(await chat.page.locator(".composer textarea").evaluate((area) => area === document.activeElement));
  });

  it("goes to a text that has just been redrawn", async () => {
    const chat = await opened();
    await go(chat, "find");
    await input(chat).fill("needle");
    await status(chat, "1 of 3");
    await chat.page.evaluate(() => {
      for (const line of document.querySelectorAll(".code .line")) line.replaceWith(line.cloneNode(true));
      document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    });
    await status(chat, "2 of 3");
    assert.ok(await isSeen(chat));
  });

  it("shows a match in a folded part, and stays there", async () => {
    const chat = await open();
    await chat.say(model(), conversation(turns[1]!));
    await chat.settled();
    await go(chat, "find");
    await input(chat).fill("needle");
    await status(chat, "1 of 1");
    assert.ok(await isSeen(chat));
  });

  it("searches for the selected text, and finds text that arrives while it is open", async () => {
    const chat = await opened();
    await chat.page.evaluate(() => getSelection()!.selectAllChildren(document.querySelector(".question-text")!));
    await go(chat, "find");
    assert.equal(await input(chat).inputValue(), "Where is the Needle?");
    await status(chat, "1 of 1");
    await chat.say({ type: "turn", turn: turn({ id: "t3", text: "Where is the Needle?" }), title: "" });
    await status(chat, "1 of 2");
  });

  it("moves from question to question, and from code block to code block", async () => {
    const chat = await opened();
    await chat.page.evaluate(() => document.querySelector(".talk")!.scrollTo(0, 0));
    const seen: string[] = [];
    for (const to of ["nextTurn", "nextTurn", "nextTurn", "previousTurn"] as const) {
      await go(chat, to);
      seen.push(await focused(chat));
    }
    assert.deepEqual(seen, ["Where is the Needle?", "And code?", "Other", "And code?"]);
    await go(chat, "nextCode");
    assert.equal(await focused(chat), "code");
    await go(chat, "previousTurn");
    assert.equal(await focused(chat), "And code?");
    for (const _ of [1, 2]) await go(chat, "nextTurn");
    assert.equal(await focused(chat), "TEXTAREA", "behind the last one is the composer");
  });
});
