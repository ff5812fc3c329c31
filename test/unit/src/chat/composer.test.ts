import assert from "node:assert/strict";
import { readFromHost } from "../../../../media/host/fromHost.ts";
import type { Attachment } from "../../../../media/messages.ts";
import type { Fit, ModelOffer } from "../../../../server/protocol.ts";
import { modelState } from "../../../../src/chat/modelState.ts";
import { overflowOf } from "../../../../src/chat/overflow.ts";
import { pageHtml } from "../../../../src/chat/page.ts";
import { failureOf } from "../../../../src/errors/replyFailure.ts";
import { ServerError, type ServerErrorCode } from "../../../../src/errors/serverError.ts";
import { fitText, offerSize } from "../../../../src/text/models.ts";

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
    assert.equal(overflowOf(count, [attachment("a", 500)]), undefined);
    // Earlier turns can be left out to make room.
    const long = { promptTokens: 1900, contextTokens: 1000, messages: [700, 700, 5], context: [] };
    assert.equal(overflowOf(long, [attachment("a", 500)]), undefined);
  });

  it("says how much too long it is and what could be removed, the largest first", () => {
    const count = { promptTokens: 1900, contextTokens: 1000, messages: [100, 200, 5], context: [] };
    const attached = [attachment("b", 300), attachment("a", 500), attachment("empty", 0)];
    assert.deepEqual(overflowOf(count, attached), {
      excess: 728,
      drops: [
        { label: "a.ts", tokens: 500, attachment: "a" },
        { label: "b.ts", tokens: 300, attachment: "b" },
      ],
    });
  });
});

const OFFER: ModelOffer = {
  id: "x",
  name: "Nemotron Nano 9B v2",
  quantization: "Q4_K_M",
  repository: "owner/name",
  file: "x.gguf",
  bytes: 6_525_629_280,
  exact: true,
  license: { name: "License", url: "https://license.example/" },
  trainedTokens: 131_072,
  fit: {
    type: "gpu",
    gpuLayers: 57,
    totalLayers: 57,
    contextTokens: 49_152,
    mostContextTokens: 49_152,
    memory: { weights: 6.5e9, state: 0.4e9, kv: 0.6e9, compute: 0.4e9, checkpoints: 1e9, gpu: 7.9e9 },
  },
  recommended: true,
  partialBytes: 2_100_000_000,
};
const NOTHING = { running: undefined, recommended: undefined };

describe("the model's state for the page", () => {
  it("distinguishes a model that is not loaded from one that was never chosen", () => {
    assert.deepEqual(modelState({ type: "asleep" }, { name: "" }, NOTHING), { type: "noModel", offer: undefined });
    assert.deepEqual(modelState({ type: "asleep" }, { name: "/m/nano.Q4_K_M.gguf" }, NOTHING), {
      type: "asleep",
      name: "nano.Q4_K_M",
    });
    assert.deepEqual(modelState({ type: "noModel" }, { name: "C:\\m\\nano.gguf" }, NOTHING), {
      type: "asleep",
      name: "nano",
    });
  });

  it("includes the recommended model, or the one that is being downloaded", () => {
    const running = { id: "x", name: "Nemotron Nano 9B v2", share: 0.5, text: "3.3 GB of 6.5 GB" };
    for (const type of ["asleep", "starting", "noModel"] as const) {
      const offered = modelState({ type }, { name: "" }, { running: undefined, recommended: OFFER });
      assert.deepEqual(offered, {
        type: "noModel",
        offer: {
          name: "Nemotron Nano 9B v2",
          size: "6.5 GB",
          fit: "fits the GPU · 48K context · 7.9 GB of memory",
          here: false,
          resumes: "2.1 GB",
        },
      });
      assert.deepEqual(modelState({ type }, { name: "" }, { running, recommended: OFFER }), {
        type: "downloading",
        name: "Nemotron Nano 9B v2",
        progress: 0.5,
        text: "3.3 GB of 6.5 GB",
      });
    }
  });

  it("says in words how a model would fit", () => {
    const described = (change: Partial<Fit>) => fitText({ ...OFFER.fit, ...change });
    assert.match(described({ type: "partial", gpuLayers: 30 }), /^30 of 57 layers on the GPU · 48K context/);
    assert.match(described({ type: "cpu", contextTokens: 8192 }), /^on the CPU · 8K context/);
    assert.equal(described({ type: "no", reason: "It needs 30 GB." }), "does not fit: It needs 30 GB.");
    assert.equal(offerSize({ ...OFFER, exact: false, bytes: 840_400_000 }), "about 840 MB");
  });

  it("says why a model could not be downloaded", () => {
    const problem = "This machine seems to be offline. Connect it, then try again.";
    const shown = modelState({ type: "noModel" }, { name: "" }, { ...NOTHING, problem });
    assert.deepEqual(shown, { type: "noModel", offer: undefined, problem });
    assert.ok(readFromHost({ type: "model", model: shown }));
  });

  it("distinguishes a failure that is retried from a final one", () => {
    const failed = { type: "failed", reason: "r", next: "n" } as const;
    assert.deepEqual(modelState(failed, { name: "x" }, NOTHING), { ...failed, retrying: false });
    assert.deepEqual(modelState({ ...failed, type: "down", retryInMs: 500 }, { name: "x" }, NOTHING), {
      ...failed,
      retrying: true,
    });
  });
});

describe("a remote engine, for the page", () => {
  const remote = { host: "api.example.com", leavesMachine: true, encrypted: true };
  const chosen = { name: "nvidia/nemotron-nano-9b-v2", remote };

  it("is in every state, so that the page can say where code goes", () => {
    const name = "nemotron-nano-9b-v2";
    assert.deepEqual(modelState({ type: "asleep" }, chosen, NOTHING), { type: "asleep", name, remote });
    assert.deepEqual(modelState({ type: "noModel" }, chosen, NOTHING), { type: "asleep", name, remote });
    assert.deepEqual(modelState({ type: "starting" }, chosen, NOTHING), { type: "starting", name, remote });
    const loading = { type: "loading", path: "https://api.example.com/v1", progress: 0, attempt: 1, remote } as const;
    assert.deepEqual(modelState(loading, chosen, NOTHING), { type: "loading", name, progress: 0, remote });
    const failed = { type: "failed", reason: "r", next: "n" } as const;
    assert.deepEqual(modelState(failed, chosen, NOTHING), { ...failed, retrying: false, remote });
  });

  it("says what went wrong, with remedies", () => {
    const failed = (code: ServerErrorCode, cause?: string) =>
      failureOf(new ServerError(code, "m", { next: "n", cause })).error?.actions;
    assert.deepEqual(failed("unauthorized"), ["setRemoteKey", "useLocal"]);
    assert.deepEqual(failed("loadFailed", "unauthorized"), ["setRemoteKey", "useLocal"]);
    assert.deepEqual(failed("loadFailed", "unreachable"), ["connectRemote", "useLocal"]);
    assert.deepEqual(failed("endpointFailed"), ["connectRemote", "useLocal"]);
    assert.deepEqual(failed("loadFailed"), ["chooseModel", "showLog"]);
    assert.deepEqual(failed("rateLimited"), []);
    assert.equal(failureOf(new ServerError("connectionLost", "m")).state, "interrupted");
  });
});

describe("the page's frame", () => {
  it("allows only the extension's own script, styles and fonts", () => {
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
