/** Formulas are typeset without becoming anything else, shown without a jump, and copied as TeX. */
import assert from "node:assert/strict";
import { type ChatPage, chatPages } from "./chatPage.ts";
import { conversation, MATH, model, reply, turn } from "./states.ts";

const answered = (answer: string) => [model(), conversation(turn({ references: [], reply: reply({ answer }) }))];
const running = turn({ reply: reply({ state: "answering", answer: "", usage: undefined }) });
/** The TeX of each formula that has been typeset. */
const typeset = (chat: ChatPage) => chat.page.locator(".math annotation").allTextContents();
const drawn = (chat: ChatPage) => chat.page.locator(".math .katex").first().waitFor();

/** Selects from the beginning of one element to the end of another, and copies. */
const copied = (chat: ChatPage, from: string, to: string) =>
  chat.page.evaluate(
    ({ from, to }) => {
      const range = document.createRange();
      range.setStart(document.querySelector(from)!, 0);
      const end = document.querySelector(to)!;
      range.setEnd(end, end.childNodes.length);
      const selection = getSelection()!;
      selection.removeAllRanges();
      selection.addRange(range);
      const clipboardData = new DataTransfer();
      const event = new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true });
      document.activeElement!.dispatchEvent(event);
      return clipboardData.getData("text/plain");
    },
    { from, to },
  );

describe("formulas", () => {
  const open = chatPages();

  it("are typeset for all delimiters, under the page's policy, with the bundled fonts", async () => {
    const chat = await open();
    await chat.say(...answered(MATH));
    await drawn(chat);
    const found = await typeset(chat);
    assert.equal(found.length, 13, found.join("\n"));
    assert.ok(found.includes("\\boxed{\\dfrac{1}{3}}"));
    assert.equal(await chat.page.locator(".math .katex-display").count(), 2);
    assert.ok(await chat.page.evaluate(() => document.fonts.check("1em KaTeX_Main")));
    const text = await chat.page.locator(".answer p", { hasText: "It costs" }).textContent();
    assert.match(text ?? "", /It costs \$5 and \$10 a month, \$x\$ is code, and \$\\notacommand\{x\}\$ is no TeX\./);
    assert.deepEqual([chat.errors, chat.strangers], [[], []]);
  });

  it("load their code and fonts when the first one is shown, not before", async () => {
    const chat = await open();
    const requests: string[] = [];
    chat.page.on("request", (request) => requests.push(request.url()));
    await chat.say(...answered("It costs $5."));
    await chat.settled();
    assert.equal(requests.length, 0);
    await chat.say(...answered("It is $5x$."));
    await drawn(chat);
    assert.ok(requests.some((url) => url.endsWith("/katex.css")));
  });

  it("can neither lead anywhere nor load anything", async () => {
    const chat = await open();
    const evil = [
      "\\href{javascript:window.ran.push(1)}{x}",
      "\\url{https://evil.example}",
      "\\includegraphics{https://evil.example/x.png}",
      "\\htmlStyle{background: url(https://evil.example)}{x}",
      "\\htmlData{a=b}{x} \\htmlId{app}{x} \\htmlClass{composer}{x}",
      "\\text{<img src=x onerror=window.ran.push(1)>}",
      "\\rule{9999em}{9999em}",
      "",
      "\\def\\a{\\a\\a}\\a",
      `${"{".repeat(2000)}x${"}".repeat(2000)}`,
    ];
    await chat.say(...answered(["$x$", ...evil.map((tex) => `$$${tex}$$`)].join("\n\n")));
    await drawn(chat);
    const found = await chat.page.evaluate(() => ({
      ran: (window as unknown as { ran: unknown[] }).ran,
      elements: document.querySelectorAll(".answer :is(a, img, script, iframe, style, link)").length,
      attributes: [...document.querySelectorAll(".answer *")].filter((element) =>
        [...element.attributes].some(({ name, value }) => /^(on|href|src|id|data-)/.test(name) || /url\(/.test(value)),
      ).length,
      width: document.querySelector(".talk")!.scrollWidth - document.querySelector(".talk")!.clientWidth,
    }));
    assert.deepEqual(found, { ran: [], elements: 0, attributes: 0, width: 0 });
    assert.deepEqual([chat.errors, chat.strangers], [[], []]);
  });

  it("appear whole while they are written, and do not move earlier text", async () => {
    const chat = await open({ height: 2000 });
    await chat.say(model(), conversation(running));
    const counts = { type: "delta", turn: "t1", thought: "", thoughtTokens: 0, thoughtMs: 0, answerTokens: 1 };
    await chat.say({ ...counts, answer: "Warm up: $x$\n\n" });
    await drawn(chat);
    const moved = await chat.page.evaluate(
      async ({ text, counts }) => {
        const seen = new Map<string, number>();
        const wrong: string[] = [];
        for (let at = 0; at < text.length; at += 3) {
          const data = { ...counts, answer: text.slice(at, at + 3) };
          window.dispatchEvent(new MessageEvent("message", { data }));
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          const shown = [...document.querySelectorAll<HTMLElement>(".answer :is(p, .math.display)")];
          for (const [index, element] of shown.slice(0, -1).entries()) {
            const top = element.offsetTop;
            if ((seen.get(String(index)) ?? top) !== top) wrong.push(`${index} at ${text.slice(0, at).slice(-20)}`);
            seen.set(String(index), top);
          }
          // biome-ignore lint/performance/useDomNodeTextContent: MathML is there, and hidden.
          const visible = document.querySelector<HTMLElement>(".answer")!.innerText;
          const raw = /\\(int|frac|left|begin|mathbf)|\$\$/.exec(visible.replace(/\\notacommand/g, ""));
          if (raw) wrong.push(`${raw[0]} is shown`);
        }
        return wrong;
      },
      { text: MATH.slice(0, MATH.indexOf("| $n$")), counts },
    );
    assert.deepEqual(moved, []);
  });

  it("are copied as TeX, also if the selection begins or ends inside one", async () => {
    const chat = await open();
    const answer = "An integral, $\\frac{1}{3}$ of it:\n\n\\[\nx^2\n\\]\n\nThe end.";
    await chat.say(...answered(answer));
    await drawn(chat);
    assert.equal(await copied(chat, ".answer", ".answer p:last-child"), answer.replace("\\[\nx^2\n\\]", "\\[ x^2 \\]"));
    assert.equal(await copied(chat, ".math .katex-html .mord", ".answer p"), "$\\frac{1}{3}$ of it:");
  });

  it("around code are copied without its buttons and its language name", async () => {
    const chat = await open();
    await chat.say(...answered("Before.\n\n```ts\nlet a;\n\n  a = 1;\n```\n\nAfter."));
    const text = await copied(chat, ".answer", ".answer p:last-child");
    assert.equal(text.replace(/\n{2,}/g, "\n"), "Before.\nlet a;\n  a = 1;\nAfter.");
  });
});
