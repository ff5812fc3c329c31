/** Streamed Markdown ends as if it had been rendered at once, wherever it is cut. */
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

  /** Gives the test access to the page's own modules. */
  async function inPage(chat: ChatPage): Promise<Page> {
    const { outputFiles } = await build({
      entryPoints: ["test/page/inPage/streaming.ts"],
      bundle: true,
      write: false,
      format: "iife",
      define: { "process.env.NODE_ENV": '"test"' },
      // The page itself loads languages and the typesetter of formulas.
      external: ["@shikijs/*", "*/typeset.ts"],
    });
    await chat.page.evaluate(outputFiles[0]!.text);
    return chat.page;
  }

  it(`equals Markdown that is rendered at once, for ${TEXTS} texts with random cuts`, async () => {
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

  it("ends the same in deltas and as a whole, including its colours", async () => {
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
