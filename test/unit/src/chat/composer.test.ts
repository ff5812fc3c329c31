import assert from "node:assert/strict";
import type { Attachment } from "../../../../media/messages.ts";
import { failureOf } from "../../../../src/chat/failures.ts";
import { modelState } from "../../../../src/chat/modelState.ts";
import { overflowOf } from "../../../../src/chat/overflow.ts";
import { pageHtml } from "../../../../src/chat/page.ts";
import { ServerError, type ServerErrorCode } from "../../../../src/serverError.ts";
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

describe("the model's state for the page", () => {
  it("tells a model that is not loaded from one that was never chosen", () => {
    assert.deepEqual(modelState({ type: "asleep" }, { name: "" }), { type: "noModel" });
    assert.deepEqual(modelState({ type: "asleep" }, { name: "/m/nano.Q4_K_M.gguf" }), {
      type: "asleep",
      name: "nano.Q4_K_M",
    });
    assert.deepEqual(modelState({ type: "noModel" }, { name: "C:\\m\\nano.gguf" }), { type: "asleep", name: "nano" });
  });

  it("tells a failure that is tried again from one that is not", () => {
    const failed = { type: "failed", reason: "r", next: "n" } as const;
    assert.deepEqual(modelState(failed, { name: "x" }), { ...failed, retrying: false });
    assert.deepEqual(modelState({ ...failed, type: "down", retryInMs: 500 }, { name: "x" }), {
      ...failed,
      retrying: true,
    });
  });
});

describe("a remote engine, for the page", () => {
  const remote = { host: "api.example.com", leavesMachine: true, encrypted: true };
  const chosen = { name: "nvidia/nemotron-nano-9b-v2", remote };

  it("is in every state, so that it can be said where code goes", () => {
    const name = "nemotron-nano-9b-v2";
    assert.deepEqual(modelState({ type: "asleep" }, chosen), { type: "asleep", name, remote });
    assert.deepEqual(modelState({ type: "noModel" }, chosen), { type: "asleep", name, remote });
    assert.deepEqual(modelState({ type: "starting" }, chosen), { type: "starting", name, remote });
    const loading = { type: "loading", path: "https://api.example.com/v1", progress: 0, attempt: 1, remote } as const;
    assert.deepEqual(modelState(loading, chosen), { type: "loading", name, progress: 0, remote });
    const failed = { type: "failed", reason: "r", next: "n" } as const;
    assert.deepEqual(modelState(failed, chosen), { ...failed, retrying: false, remote });
  });

  it("tells what went wrong, with what helps", () => {
    const failed = (code: ServerErrorCode, cause?: string) =>
      failureOf(new ServerError(code, "m", { next: "n", cause })).error?.actions;
    assert.deepEqual(failed("unauthorized"), ["setRemoteKey"]);
    assert.deepEqual(failed("loadFailed", "unauthorized"), ["setRemoteKey"]);
    assert.deepEqual(failed("loadFailed", "unreachable"), ["connectRemote"]);
    assert.deepEqual(failed("loadFailed"), ["chooseModel", "showLog"]);
    assert.deepEqual(failed("rateLimited"), []);
    assert.equal(failureOf(new ServerError("connectionLost", "m")).state, "interrupted");
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
