import assert from "node:assert/strict";
import type { Attachment } from "../../../../media/messages.ts";
import { modelState } from "../../../../src/chat/modelState.ts";
import { overflowOf } from "../../../../src/chat/overflow.ts";
import { pageHtml } from "../../../../src/chat/page.ts";
import { turn } from "./turns.ts";

describe("the composer", () => {
  const attachment = (id: string, tokens: number): Attachment => ({
    id,
    kind: "file",
    label: `${id}.ts`,
    detail: `${id}.ts`,
    implicit: false,
    tokens,
  });

  it("says nothing while the prompt and a reply fit", () => {
    const count = { promptTokens: 800, contextTokens: 1000, messages: [], context: [] };
    assert.equal(overflowOf(count, [attachment("a", 500)], []), undefined);
  });

  it("says how much is too much and what could go, the largest first", () => {
    const count = { promptTokens: 1900, contextTokens: 1000, messages: [300, 400, 5], context: [] };
    const turns = [turn("dropped", "x", { dropped: true }), turn("old", "y")];
    assert.deepEqual(overflowOf(count, [attachment("a", 500), attachment("empty", 0)], turns), {
      excess: 1028,
      drops: [
        { label: "Oldest turn", tokens: 700, what: "oldestTurn" },
        { label: "a.ts", tokens: 500, what: { attachment: "a" } },
      ],
    });
  });
});

const NOTHING = { running: undefined, recommended: undefined };

describe("the model's state for the page", () => {
  it("tells a model that is not loaded from one that was never chosen", () => {
    assert.deepEqual(modelState({ type: "asleep" }, "", NOTHING), { type: "noModel", offer: undefined });
    assert.deepEqual(modelState({ type: "asleep" }, "/m/nano.Q4_K_M.gguf", NOTHING), {
      type: "asleep",
      name: "nano.Q4_K_M",
    });
    assert.deepEqual(modelState({ type: "noModel" }, "C:\\m\\nano.gguf", NOTHING), { type: "asleep", name: "nano" });
  });

  it("tells a failure that is tried again from one that is not", () => {
    const failed = { type: "failed", reason: "r", next: "n" } as const;
    assert.deepEqual(modelState(failed, "x", NOTHING), { ...failed, retrying: false });
    assert.deepEqual(modelState({ ...failed, type: "down", retryInMs: 500 }, "x", NOTHING), {
      ...failed,
      retrying: true,
    });
  });
});

describe("the page's frame", () => {
  it("lets nothing in but the extension's own script, styles and fonts", () => {
    const parts = { cspSource: "https://own", script: "s.js", styles: ["a.css"], nonce: "N", language: "de" };
    const html = pageHtml({ ...parts, translations: { Stop: "</script><b>Halt" } });
    const policy = /content="(default-src[^"]*)"/.exec(html)![1]!;
    assert.deepEqual(policy.split("; "), [
      "default-src 'none'",
      "script-src 'nonce-N' https://own",
      "style-src https://own",
      "font-src https://own",
    ]);
    assert.doesNotMatch(html, /unsafe|https?:\/\/(?!own)/);
    assert.match(html, /<script type="module" nonce="N" src="s\.js">/);
    const data = /<script type="application\/json" id="l10n">(.*?)<\/script>/s.exec(html)![1]!;
    assert.deepEqual(JSON.parse(data), { Stop: "</script><b>Halt" });
  });
});
