/** Blocks of code that are long, wide, or meant for a terminal. */
import assert from "node:assert/strict";
import { button, type ChatPage, chatPages } from "./chatPage.ts";
import { conversation, model, reply, turn } from "./states.ts";

const LINES = Array.from({ length: 3000 }, (_, at) => `const value${at} = ${"compute(".repeat(at % 20)}${at};`);
const block = (lines: string[], language = "ts") => `\`\`\`${language}\n${lines.join("\n")}\n\`\`\``;
const answered = (answer: string) => [
  model(),
  conversation(turn({ references: [], reply: reply({ thought: "", thoughtTokens: 0, answer }) })),
];
const boxes = (chat: ChatPage, ...selectors: string[]) =>
  chat.page.evaluate(
    (selectors) => selectors.map((selector) => document.querySelector(selector)!.getBoundingClientRect().toJSON()),
    selectors,
  ) as Promise<DOMRect[]>;

describe("a block of code", () => {
  const open = chatPages();

  it("of 3,000 lines shows its beginning, then all of it, and folds again", async () => {
    const chat = await open();
    await chat.say(...answered(`${block(LINES)}\n\nThe end.`));
    const height = async () => (await boxes(chat, ".code"))[0]!.height;
    const folded = await height();
    assert.ok(folded < 700, String(folded));
    await button(chat, "Show All 3,000 Lines").click();
    assert.ok((await height()) > 3000 * 12);
    await button(chat, "Copy").click();
    assert.equal((await chat.tells("code")).code, LINES.join("\n"));
    await button(chat, "Show Less").click();
    assert.equal(await height(), folded);
    await chat.say(...answered(block(LINES.slice(0, 40))));
    assert.equal(await chat.page.locator(".code-more").count(), 0, "40 lines are shown whole");
  });

  it("stays folded while it grows, and says how long it is", async () => {
    const chat = await open();
    const running = turn({ reply: reply({ state: "answering", answer: "", usage: undefined }) });
    await chat.say(model(), conversation(running));
    await chat.stream("t1", ["```ts\n", ...Array.from({ length: 60 }, (_, at) => `let a${at};\n`)]);
    await button(chat, "Show All 60 Lines").click();
    await chat.stream("t1", ["let b;\n"]);
    assert.equal(await chat.page.locator(".code.folded").count(), 0);
  });

  it("keeps its head and its scroll bar in view", async () => {
    const chat = await open();
    await chat.say(...answered(`${block(LINES)}\n\nThe end.`));
    await button(chat, "Show All 3,000 Lines").click();
    await chat.page.evaluate(() => document.querySelector(".talk")!.scrollTo(0, 20_000));
    await chat.settled();
    const [talk, head, bar] = await boxes(chat, ".talk", ".code-head", ".sideways");
    assert.equal(head!.top, talk!.top);
    assert.equal(Math.round(bar!.bottom), Math.round(talk!.bottom));
    await chat.page.locator(".sideways").evaluate((bar) => {
      bar.scrollLeft = 120;
    });
    await chat.page.waitForFunction(() => document.querySelector(".code pre")!.scrollLeft === 120);
  });

  it("wraps its lines on request", async () => {
    const chat = await open();
    await chat.say(...answered(block([LINES[19]!])));
    const wide = () => chat.page.locator(".code pre").evaluate((pre) => pre.scrollWidth > pre.clientWidth);
    assert.ok(await wide());
    await button(chat, "Wrap Lines").click();
    assert.equal(await wide(), false);
    assert.equal(await button(chat, "Wrap Lines").getAttribute("aria-pressed"), "true");
    await button(chat, "Wrap Lines").click();
    assert.ok(await wide());
  });

  it("for a shell goes into the terminal, and offers no edit", async () => {
    const chat = await open();
    for (const language of ["bash", "sh", "console", "powershell"]) {
      await chat.say(...answered(block(["npm test"], language)));
      assert.equal(await button(chat, "Apply").count(), 0, language);
      await button(chat, "Insert into Terminal").click();
      assert.deepEqual(await chat.tells("code"), { type: "code", action: "terminal", code: "npm test", language });
    }
    await chat.say(...answered(block(["let a;"])));
    assert.equal(await button(chat, "Insert into Terminal").count(), 0);
  });

  it("is copied whole with the text around it, also while it is folded", async () => {
    const chat = await open();
    await chat.say(...answered(`Before.\n\n${block(LINES.slice(0, 200))}\n\nAfter.`));
    await chat.page.locator(".answer").click();
    const text = await chat.page.evaluate(() => {
      getSelection()!.selectAllChildren(document.querySelector(".answer")!);
      const clipboardData = new DataTransfer();
      document.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
      return clipboardData.getData("text/plain");
    });
    assert.equal(text.replace(/\n{2,}/g, "\n").trim(), ["Before.", ...LINES.slice(0, 200), "After."].join("\n"));
  });
});
