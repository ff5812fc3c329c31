/** One engine for all windows, as a window knows of it: who else is there, what was decided, what is said. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Memento } from "vscode";
import type { LoadParams } from "../../../server/protocol.ts";
import { failureOf } from "../../../src/chat/failures.ts";
import { modelState } from "../../../src/chat/modelState.ts";
import { speak } from "../../../src/locale.ts";
import { problemIn, problemOf } from "../../../src/problems.ts";
import type { ServerStatus } from "../../../src/server/status.ts";
import { toServerError } from "../../../src/serverError.ts";
import { Joining } from "../../../src/sharing/joining.ts";
import { ownerId } from "../../../src/sharing/owner.ts";
import { refusal, stillRefused } from "../../../src/sharing/refusal.ts";
import { busyText, othersText } from "../../../src/sharing/words.ts";

const nobody = { windows: 0, editors: 0, terminals: 0, busy: false };
const mine: LoadParams = { model: "/models/mine.Q4_K_M.gguf", contextTokens: 8192, gpu: "auto" };
const wire = (name: string, code: number, data: object = {}) => ({
  code,
  message: "It is so.",
  data: { name, ...data },
});
const otherModel = refusal(
  toServerError(wire("otherModel", 50, { loaded: "Nano 4B", others: { ...nobody, windows: 2 } })),
  mine,
);
const otherVersion = refusal(toServerError(wire("otherVersion", 51)), mine);

class Memory implements Memento {
  readonly values = new Map<string, unknown>();
  keys = () => [...this.values.keys()];
  get<T>(key: string, otherwise?: T): T | undefined {
    return this.values.has(key) ? (this.values.get(key) as T) : otherwise;
  }
  async update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
  }
}

describe("who else uses the engine", () => {
  afterEach(() => speak("en", undefined));

  it("is counted by kind, one and many, or nobody", () => {
    assert.equal(othersText(nobody), undefined);
    assert.equal(othersText({ ...nobody, windows: 1 }), "1 other window");
    assert.equal(othersText({ ...nobody, windows: 2, terminals: 2 }), "2 other windows and 2 terminals");
    assert.equal(
      othersText({ ...nobody, windows: 1, editors: 1, terminals: 1 }),
      "1 other window, 1 other editor, and a terminal",
    );
  });

  for (const [language, expected] of [
    ["de", "1 weiteren Fenster, 2 weiteren Editoren und einem Terminal"],
    ["es", "otra ventana, otros 2 editores y un terminal"],
    ["fr", "1 autre fenêtre, 2 autres éditeurs et un terminal"],
    ["it", "1 altra finestra, 2 altri editor e un terminale"],
    ["ja", "ほかのウィンドウ 1 個、ほかのエディター 2 個、ターミナル"],
  ] as const)
    it(`is counted in ${language}`, () => {
      speak(language, JSON.parse(readFileSync(`l10n/bundle.l10n.${language}.json`, "utf8")));
      assert.equal(othersText({ ...nobody, windows: 1, editors: 2, terminals: 1 }), expected);
    });

  it("is named where it works for one kind alone", () => {
    assert.equal(busyText({ ...nobody, windows: 1 }), "Busy for another window");
    assert.equal(busyText({ ...nobody, editors: 2 }), "Busy for another editor");
    assert.equal(busyText({ ...nobody, terminals: 1 }), "Busy for a terminal");
    assert.equal(busyText({ ...nobody, windows: 1, terminals: 1 }), "Busy for another program");
  });
});

describe("a window whose model is not the one that is loaded", () => {
  it("asks which one it is to be, by their names", () => {
    const problem = problemOf(otherModel, true)!;
    assert.match(problem.message, /^Nano 4B is loaded, and used by 2 other windows\. .* name mine\.Q4_K_M\./);
    assert.deepEqual(problem.remedies, ["joinModel", "replaceModel"]);
    assert.deepEqual(problem.titles, { joinModel: "Use Nano 4B Here", replaceModel: "Load mine.Q4_K_M for All" });
    assert.equal(problem.severity, "warning");
    assert.deepEqual(problemIn({ type: "refused", error: otherModel }), problem);
  });

  it("offers the same in the chat, in a reply and above the composer", () => {
    assert.deepEqual(failureOf(otherModel).error?.actions, ["joinModel", "replaceModel"]);
    const shown = modelState(
      { type: "refused", error: otherModel },
      { name: mine.model! },
      {
        running: undefined,
        recommended: undefined,
      },
    );
    assert.equal(shown.type, "failed");
    assert.deepEqual(shown.type === "failed" && shown.remedies, ["joinModel", "replaceModel"]);
  });

  it("is told when it is the same one with other settings", () => {
    const data = { loaded: "Nano 4B", path: mine.model, others: { ...nobody, windows: 1 } };
    const problem = problemOf(refusal(toServerError(wire("otherModel", 50, data)), mine), true)!;
    assert.match(problem.message, /^Nano 4B is loaded otherwise than .* used by 1 other window\. Use it as it is/);
    assert.deepEqual(problem.titles, { joinModel: "Use It as It Is", replaceModel: "Load It Anew for All" });
  });

  it("says something also where the engine does not say who uses it", () => {
    const { message } = refusal(toServerError(wire("otherModel", 50, { loaded: "Nano 4B" })), mine);
    assert.match(message, /used by other programs\./);
    assert.equal(refusal(toServerError(wire("otherModel", 50)), mine).message, "It is so.");
  });

  it("takes no word of the engine for its own model's, until that is loaded or the other one is gone", () => {
    const told = (status: object) => stillRefused(otherModel, mine, status as ServerStatus);
    assert.equal(told({ type: "ready", model: { path: "/models/other.gguf" } }), true);
    assert.equal(told({ type: "busy", model: { path: "/models/other.gguf" }, requests: 0 }), true);
    assert.equal(told({ type: "loading", path: "/models/other.gguf" }), true);
    assert.equal(told({ type: "noModel" }), true);
    assert.equal(told({ type: "loading", path: mine.model }), false);
    assert.equal(told({ type: "ready", model: { path: mine.model } }), false);
    assert.equal(told({ type: "noModel", reason: "Unloaded by another window." }), false);
    assert.equal(told({ type: "starting" }), false);
    assert.equal(told({ type: "down" }), false);
  });
});

describe("a window of another version", () => {
  it("says so, and offers to be loaded again", () => {
    const problem = problemOf(otherVersion, true)!;
    assert.match(problem.message, /updated in another window\. Reload this window/);
    assert.deepEqual(problem.remedies, ["reloadWindow"]);
    assert.deepEqual(failureOf(otherVersion).error?.actions, ["reloadWindow"]);
    assert.equal(stillRefused(otherVersion, mine, { type: "noModel" }), true);
    assert.equal(stillRefused(otherVersion, mine, { type: "loading", path: "/m", progress: 0, attempt: 1 }), false);
  });
});

describe("what the user has decided", () => {
  it("holds after a reload, until the settings change or it is decided otherwise", async () => {
    const memory = new Memory();
    await new Joining(memory).decide(mine, "join");
    const joining = new Joining(memory);
    assert.equal(joining.whenOther({ ...mine, threads: undefined }), "join");
    assert.equal(joining.whenOther({ ...mine, contextTokens: 4096 }), undefined);
    await joining.decide(mine, undefined);
    assert.equal(joining.whenOther(mine), "join");
    await joining.decide(mine, "replace");
    assert.equal(joining.whenOther(mine), undefined);
  });

  it("is asked for once, and again when it is another question", () => {
    const joining = new Joining(new Memory());
    assert.deepEqual([joining.isNew(otherModel, mine), joining.isNew(otherModel, mine)], [true, false]);
    assert.equal(joining.isNew(otherModel, { ...mine, contextTokens: 4096 }), true);
    assert.equal(joining.isNew(otherVersion, mine), true);
  });
});

describe("the owner of conversations", () => {
  it("is made once for a workspace, and like no other", () => {
    const [memory, other] = [new Memory(), new Memory()];
    const owner = ownerId(memory);
    assert.match(owner, /^[0-9a-f-]{36}$/);
    assert.equal(ownerId(memory), owner);
    assert.notEqual(ownerId(other), owner);
  });
});
