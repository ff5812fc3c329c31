/** Markdown beyond paragraphs, lists and code, and links to files. */
import assert from "node:assert/strict";
import { type ChatPage, chatPages } from "./chatPage.ts";
import { conversation, FORMS, model, reply, STATES, turn } from "./states.ts";

const running = turn({ references: [], reply: reply({ state: "answering", answer: "", usage: undefined }) });
const texts = (chat: ChatPage, selector: string) => chat.page.locator(`.answer ${selector}`).allTextContents();

describe("Markdown from models", () => {
  const open = chatPages();
  const shown = async () => {
    const chat = await open({ height: 1200 });
    await chat.say(...STATES.forms!);
    return chat;
  };

  it("shows tasks, notes and tags, and other HTML as text", async () => {
    const chat = await shown();
    assert.deepEqual(await texts(chat, "li.task.done"), ["Parse the file"]);
    assert.equal(await chat.page.getByRole("img", { name: "To do" }).count(), 2);
    assert.equal(await chat.page.getByRole("img", { name: "Done", exact: true }).count(), 1);
    assert.deepEqual(await texts(chat, ".alert-title"), ["Note", "Warning"]);
    assert.deepEqual(await texts(chat, "kbd"), ["Ctrl", "I"]);
    assert.deepEqual([await texts(chat, "sub"), await texts(chat, "sup:not(.note-link)")], [["2"], ["2"]]);
    assert.equal(await chat.page.locator(".answer :is(p, td) > br").count(), 2);
    const text = await chat.page.locator(".answer").textContent();
    assert.deepEqual(await texts(chat, "p > strong"), ["anywhere", "This"]);
    assert.match(text ?? "", /<u>this<\/u> stays text/);
    assert.doesNotMatch(text ?? "", /\[!NOTE\]|\[x\]|<kbd>/);
  });

  it("folds details, and keeps the reader's choice while the answer grows", async () => {
    const chat = await open({ height: 1200 });
    await chat.say(model(), conversation(running));
    const [before, after] = [FORMS.slice(0, FORMS.indexOf("Folded away")), FORMS.slice(FORMS.indexOf("Folded away"))];
    await chat.stream("t1", [before]);
    const details = chat.page.locator("details");
    assert.equal(await details.getAttribute("open"), null);
    await chat.page.locator("summary").press("Enter");
    assert.equal(await chat.page.locator("summary").textContent(), "More details");
    await chat.stream("t1", after.match(/[\s\S]{1,5}/g) ?? []);
    assert.notEqual(await details.getAttribute("open"), null);
    assert.ok(await details.getByText("Folded away.").isVisible());
    assert.equal(await details.locator(".code .line").count(), 1);
  });

  it("resolves references and notes whose targets come later, and leaves others as text", async () => {
    const chat = await open({ height: 1200 });
    await chat.say(model(), conversation(running));
    await chat.stream("t1", FORMS.match(/[\s\S]{1,40}/g) ?? []);
    await chat.say({ type: "turn", turn: { ...running, reply: reply({ answer: FORMS }) }, title: "" });
    const link = chat.page.getByRole("link", { name: "the manual" });
    assert.deepEqual(
      [await link.getAttribute("href"), await link.getAttribute("title")],
      ["https://example.com/manual", "The manual"],
    );
    assert.match((await chat.page.locator(".answer").textContent()) ?? "", /a\[0\] is code/);
    await chat.page.locator(".note-link").press("Enter");
    assert.ok(await chat.page.locator(".footnote").evaluate((note) => note === document.activeElement));
    assert.match((await chat.page.locator(".footnote").textContent()) ?? "", /1\. As of today, says somebody\./);
  });

  it("leads to files that exist, in code, in links and in plain text, and to no others", async () => {
    const chat = await shown();
    assert.deepEqual(await texts(chat, ".name"), ["the cart", "src/a.ts:12", "a.ts#L9"]);
    for (const name of ["the cart", "src/a.ts:12", "a.ts#L9"])
      await chat.page.getByRole("link", { name }).press("Enter");
    assert.deepEqual(
      (await chat.told("openName")).map(({ name }) => name),
      ["src/cart.ts#L9", "src/a.ts:12", "a.ts#L9"],
    );
    await chat.say({
      type: "turn",
      turn: turn({ references: [], links: [], reply: reply({ answer: FORMS }) }),
      title: "",
    });
    assert.deepEqual(await texts(chat, ".name"), []);
    assert.match(
      (await chat.page.locator(".answer").textContent()) ?? "",
      /src\/a.ts:12 and a.ts#L9, not src\/gone.ts/,
    );
  });
});
