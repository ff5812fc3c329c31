/** No text of the model, a file name or an error becomes more than text. */
import assert from "node:assert/strict";
import { ALLOWED_TAGS } from "../../media/markdown/allowed.ts";
import type { CodeTheme, ToPage } from "../../media/messages.ts";
import { withVisibleControls } from "../../media/page/approvals.ts";
import { agentTurn, row, runningAgent, SUMMARY, settings } from "./agentStates.ts";
import { type ChatPage, chatPages } from "./chatPage.ts";
import { PAYLOADS } from "./payloads.ts";
import { attachment, composer, conversation, model, reply, turn } from "./states.ts";

/** Elements on the page that must not be there. */
async function intruders(chat: ChatPage): Promise<string[]> {
  return chat.page.evaluate((allowed) => {
    const found: string[] = [];
    for (const element of document.querySelectorAll("body *")) {
      const { tagName } = element;
      const inAnswer = element.closest(".answer") !== null && !element.matches(".answer, .answer > .blocks");
      const ours = /^(ARTICLE|ASIDE|BUTTON|DIV|FORM|H2|I|LABEL|LI|MAIN|OPTION|P|SECTION|SELECT|SPAN|TEXTAREA|UL)$/;
      const inCode = element.closest(".code") !== null && /^(DIV|SPAN|BUTTON)$/.test(tagName);
      const agents = element.matches(
        ".mode > input, .approval input, .approval-text > pre, .summary strong, .code > pre, .code > pre > code",
      );
      const known = inAnswer ? allowed.includes(tagName.toLowerCase()) || inCode : ours.test(tagName) || agents;
      if (!known && !(tagName === "SCRIPT" && element.getAttribute("src")?.endsWith("/main.js"))) found.push(tagName);
      for (const { name, value } of element.attributes) {
        if (/^on/i.test(name) || name === "srcdoc") found.push(`${tagName} ${name}`);
        if (/href|src|action/i.test(name) && tagName !== "SCRIPT" && !/^(https?:|mailto:)/i.test(value))
          found.push(`${tagName} ${name}=${value}`);
      }
    }
    return found;
  }, ALLOWED_TAGS);
}

async function assertHarmless(chat: ChatPage, what: string): Promise<void> {
  const ran = await chat.page.evaluate(() => (window as unknown as { ran: string[] }).ran);
  assert.deepEqual(ran, [], `${what}: a script ran`);
  assert.deepEqual(await intruders(chat), [], what);
  assert.deepEqual(chat.dialogs, [], what);
  assert.deepEqual(chat.strangers, [], `${what}: a request left the page`);
  assert.deepEqual(chat.errors, [], `${what}: an error, or the policy had to step in`);
}

/** Sends pointer, click, focus and toggle events to everything that could react. */
async function poke(chat: ChatPage): Promise<void> {
  await chat.page.evaluate(() => {
    for (const element of document.querySelectorAll(".talk *, .composer .chip *")) {
      if (element.closest("button")) continue;
      for (const type of ["pointerover", "mouseover", "click", "auxclick", "focus", "toggle"])
        element.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
    }
  });
}

describe("the chat's page under attack", () => {
  const open = chatPages();

  it("is tested with at least sixty payloads", () => assert.ok(PAYLOADS.length >= 60, String(PAYLOADS.length)));

  it("shows answers as text and safe Markdown, streamed and whole", async () => {
    const chat = await open();
    for (const payload of PAYLOADS) {
      const running = turn({ reply: reply({ state: "answering", answer: payload.slice(0, 9), usage: undefined }) });
      const rest = payload.slice(9);
      await chat.say(model(), conversation(running));
      for (const part of [rest.slice(0, 8), rest.slice(8)])
        await chat.say({
          ...{ type: "delta", turn: "t1", thought: "", answer: part },
          ...{ thoughtTokens: 0, thoughtMs: 0, answerTokens: 1 },
        });
      await chat.say({ type: "turn", turn: turn({ reply: reply({ answer: payload }) }), title: payload });
      await poke(chat);
      await assertHarmless(chat, payload);
      const text = (await chat.page.locator(".answer").textContent()) ?? "";
      const [word = "?"] = /[a-z]{3,}/i.exec(payload) ?? [];
      assert.ok(text.includes(word), `${payload} is not to be seen: ${text}`);
    }
  });

  it("shows questions, thoughts, names and errors as they are", async () => {
    const chat = await open();
    for (const [index, payload] of PAYLOADS.entries()) {
      const messages: ToPage[] = [
        model({ type: "failed", reason: payload, next: payload, retrying: true }),
        composer({
          attachments: [attachment({ label: payload, detail: payload })],
          overflow: { excess: 1, drops: [{ label: payload, tokens: 1, attachment: payload }] },
        }),
        conversation(
          turn({
            id: `turn ${index}`,
            text: payload,
            references: [{ kind: "file", label: payload, detail: payload }],
            links: [payload],
            reply: reply({
              state: "interrupted",
              thought: payload,
              answer: `\`${payload}\``,
              error: { message: payload, next: payload, actions: [] },
            }),
          }),
        ),
      ];
      await chat.say(...messages);
      await chat.page.locator(".thought-toggle").click();
      await poke(chat);
      await assertHarmless(chat, payload);
      const shown = (selector: string) => chat.page.locator(selector).first().textContent();
      assert.equal(await shown(".question-text"), payload);
      assert.equal(await shown(".question .chip-label"), payload);
      assert.equal(await shown(".composer .chip-label"), payload);
      assert.equal(await shown(".thought-text"), payload.trim());
      assert.equal(await shown(".problem .next"), payload);
    }
  });

  it("shows the agent's steps, what it asks and what it has done as they are", async () => {
    const chat = await open();
    const kinds = ["text", "arguments", "output", "diff"] as const;
    for (const [index, payload] of PAYLOADS.entries()) {
      const details = kinds.map((kind) => ({ kind, text: kind === "diff" ? `+${payload}` : payload }));
      const thought = { text: payload, tokens: 1, ms: 1, budget: 256 };
      const rows = [
        row({ id: payload, title: payload, details, thought: { ...thought, running: false } }),
        row({ id: "r", title: payload, state: "running", details: [], thought: { ...thought, running: true } }),
      ];
      const approval = { id: payload, kind: "command", text: payload, detail: payload } as const;
      const id = `turn ${index}`;
      await chat.say(
        model(),
        composer({ mode: "agent", agent: { ...settings, available: false, why: payload } }),
        conversation({ ...runningAgent({ rows, approval }), id }),
        { type: "rowDelta", turn: id, row: "r", thought: payload, output: payload },
      );
      await chat.page.locator(".step-toggle").first().click();
      await chat.page.locator(".step-toggle").last().click();
      await poke(chat);
      await assertHarmless(chat, payload);
      const shown = (selector: string) => chat.page.locator(selector).first().textContent();
      const ended = (await chat.page.locator(".details .code pre").allTextContents()).map((text) => text.trimEnd());
      assert.equal(await shown(".step-title"), payload);
      assert.equal(await shown(".detail-text"), payload);
      assert.equal(ended[0], payload.trimEnd());
      assert.equal(await shown(".approval pre"), withVisibleControls(payload));
      assert.equal(await shown(".approval .hint"), payload);
      assert.equal(await shown(".mode-line .hint"), payload);

      const changed = [{ path: payload, added: 1, removed: 1, created: true }];
      const summary = { ...SUMMARY, title: payload, changed, checked: payload, left: [payload] };
      const kind = index % 2 ? "check" : "edit";
      await chat.say(
        conversation({ ...agentTurn({ rows: [], summary }), id }, { ...runningAgent(), id: `next ${id}` }),
      );
      await chat.say({ type: "approval", turn: `next ${id}`, approval: { ...approval, kind } });
      await poke(chat);
      await assertHarmless(chat, payload);
      assert.equal(await shown(".summary strong"), payload);
      assert.equal(await shown(".finding .grow"), payload);
      assert.equal(await chat.page.locator(".file-change").getAttribute("title"), payload);
    }
  });

  it("shows names of found files, models and languages as they are", async () => {
    const chat = await open();
    await chat.say(model(), composer(), conversation());
    for (const payload of PAYLOADS.slice(0, 20)) {
      await chat.forget();
      await chat.page.locator(".composer textarea").fill("");
      // Waits for the list to close: if it closed and opened between two frames, this could not be seen.
      await chat.page.locator(".file-name").waitFor({ state: "detached" });
      await chat.page.locator(".composer textarea").fill("@x");
      // Typed at once, so that there is one query.
      const { request } = await chat.tells("searchFiles");
      await chat.say({ type: "files", request, files: [{ uri: payload, name: payload, folder: payload }] });
      assert.equal(await chat.page.locator(".file-name").textContent(), payload);
      await chat.say(model({ type: "loading", name: payload, progress: 0.5, backend: payload }));
      assert.equal(await chat.page.locator(".model-name").textContent(), payload);
      await assertHarmless(chat, payload);
    }
  });

  it("takes nothing but colours from a theme", async () => {
    const chat = await open();
    const evil = [
      "red;background:url(https://evil.example/x)",
      "url(https://evil.example/y)",
      "expression(1)",
      "",
      "#zzz",
    ];
    const theme: CodeTheme = {
      name: "<img src=x onerror=window.ran.push(1)>",
      type: "dark",
      tokenColors: [
        ...evil.map((foreground) => ({ scope: "keyword", settings: { foreground, fontStyle: foreground } })),
        { scope: ["constructor", "__proto__", "a".repeat(10_000), ",,, > . -"], settings: { foreground: evil[0] } },
        { settings: {} },
      ],
    };
    await chat.say({ type: "theme", theme }, model(), conversation(turn()));
    await chat.settled();
    await assertHarmless(chat, "theme");
    const styles = await chat.page
      .locator(".answer [style]")
      .evaluateAll((all) => all.map((each) => each.getAttribute("style")));
    for (const style of styles) assert.match(style ?? "", /^color: [^;]*;$/);
    assert.match((await chat.page.locator(".answer .code").textContent()) ?? "", /export function clamp/);
  });

  it("never follows a link itself", async () => {
    const chat = await open();
    await chat.say(
      model(),
      conversation(turn({ reply: reply({ answer: "[one](https://example.com/a) <b> <mailto:a@b.c>" }) })),
    );
    await chat.page.locator(".answer a").first().click();
    assert.deepEqual(await chat.tells("openLink"), { type: "openLink", href: "https://example.com/a" });
    await chat.page.locator(".answer a").last().click({ button: "middle" });
    await chat.page
      .locator(".answer a")
      .last()
      .click({ modifiers: ["Control"] });
    assert.equal((await chat.tells("openLink")).href, "mailto:a@b.c");
    assert.equal(chat.page.context().pages().length, 1);
    await assertHarmless(chat, "links");
  });

  it("ignores whatever is not a valid message", async () => {
    const chat = await open();
    await chat.say(model(), conversation(turn()));
    await chat.coloured();
    const before = await chat.page.locator("#app").innerHTML();
    const nonsense: unknown[] = [
      ...[null, undefined, 1, "conversation", [], {}, { type: 1 }, { type: "constructor" }, { type: "__proto__" }],
      ...[{ type: "conversation" }, { type: "conversation", conversation: { id: "x", title: "x", turns: [null] } }],
      { type: "turn", turn: { ...turn(), reply: { state: "done" } }, title: "" },
      { type: "turn", turn: { ...turn(), references: "x" }, title: "" },
      { type: "delta", turn: "t1", thought: 1, answer: {}, thoughtTokens: "x", thoughtMs: 0, answerTokens: 0 },
      ...[
        { type: "composer", composer: { attachments: [], budget: "99" } },
        { type: "model", model: { type: "x" } },
      ],
      ...[
        { type: "row", turn: "t1", row: { ...row({ id: "1" }), icon: "x" } },
        { type: "row", turn: "t1", row: row({ id: "1" }) },
        { type: "rowDelta", turn: "t1", row: "1", output: 5 },
        { type: "approval", turn: "t1", approval: { id: "p", kind: "all", text: "", detail: "" } },
        { type: "progress", turn: "t1", state: "done" },
      ],
      ...[
        { type: "theme", theme: { tokenColors: 5 } },
        { type: "files", request: 1 },
        { type: "typed", text: 3, send: 1 },
      ],
      {
        ...{ type: "delta", turn: "unknown", thought: "x", answer: "x" },
        ...{ thoughtTokens: 0, thoughtMs: 0, answerTokens: 0 },
      },
    ];
    await chat.say(...nonsense);
    assert.equal(await chat.page.locator("#app").innerHTML(), before);
    assert.deepEqual(chat.errors, []);
  });
});
