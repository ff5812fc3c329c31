/** Streamed Markdown ends as if it had been rendered at once, whatever its cuts. */
import assert from "node:assert/strict";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { type ChatPage, chatPages } from "./chatPage.ts";
import type { Difference } from "./inPage/streaming.ts";
import { ANSWER, conversation, model, reply, turn } from "./states.ts";

const TEXTS = 1500;

type Streaming = {
  compare: (seeds: number) => { compared: number; difference?: Difference };
  keepsElements: (text: string) => boolean;
};
type WithStreaming = Window & { streaming: Streaming };

describe("streamed Markdown", () => {
  const open = chatPages();

  /** The page's own modules, reached from the test. */
  async function inPage(chat: ChatPage): Promise<Page> {
    const { outputFiles } = await build({
      entryPoints: ["test/page/inPage/streaming.ts"],
      bundle: true,
      write: false,
      format: "iife",
      define: { "process.env.NODE_ENV": '"test"' },
      // Languages, and what typesets formulas, are loaded by the page itself.
      external: ["@shikijs/*", "*/typeset.ts"],
    });
    await chat.page.evaluate(outputFiles[0]!.text);
    return chat.page;
  }

  it(`equals what is rendered at once, for ${TEXTS} texts with random cuts`, async () => {
    const page = await inPage(await open());
    const result = await page.evaluate((seeds) => (window as unknown as WithStreaming).streaming.compare(seeds), TEXTS);
    assert.equal(result.difference, undefined);
    assert.equal(result.compared, TEXTS);
  });

  it("never replaces a finished element", async () => {
    const page = await inPage(await open());
    assert.ok(
      await page.evaluate((text) => (window as unknown as WithStreaming).streaming.keepsElements(text), ANSWER),
    );
  });

  it("shows the same in the end whether it came in deltas or as a whole, colours and all", async () => {
    const [chat, other] = [await open(), await open()];
    const running = turn({ reply: reply({ state: "answering", answer: "", usage: undefined }) });
    await chat.say(model(), conversation(running));
    for (let at = 0; at < ANSWER.length; at += 7)
      await chat.say({
        type: "delta",
        turn: "t1",
        thought: "",
        answer: ANSWER.slice(at, at + 7),
        thoughtTokens: 287,
        thoughtMs: 3120,
        answerTokens: at,
      });
    await chat.say({ type: "turn", turn: turn(), title: "" });
    await other.say(model(), conversation(turn()));
    await Promise.all([chat.coloured(), other.coloured()]);
    const answer = (page: ChatPage) => page.page.locator(".answer").innerHTML();
    assert.equal(await answer(chat), await answer(other));
    assert.match(await answer(chat), /color: rgb/);
  });
});
