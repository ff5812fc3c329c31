/** One engine for all windows, seen from one of them: its other users, the user's decision, and the messages. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Memento } from "vscode";
import type { LoadParams, Refusal } from "../../../../server/protocol.ts";
import { modelState } from "../../../../src/chat/modelState.ts";
import { Joining } from "../../../../src/client/joining.ts";
import { problemIn, problemOf } from "../../../../src/errors/problems.ts";
import { failureOf } from "../../../../src/errors/replyFailure.ts";
import { toServerError } from "../../../../src/errors/serverError.ts";
import { ownerId } from "../../../../src/sharing/owner.ts";
import { setLanguage } from "../../../../src/text/locale.ts";
import { busyText, othersText } from "../../../../src/text/others.ts";

const nobody = { windows: 0, editors: 0, terminals: 0, busy: false };
const mine: LoadParams = { model: "/models/mine.Q4_K_M.gguf", contextTokens: 8192, gpu: "auto" };
const wire = (name: string, code: number, data: object = {}) => ({
  code,
  message: "It is so.",
  data: { name, ...data },
});
const refusal = { loaded: "Nano 4B", path: "/models/other.gguf", wanted: mine.model };
const otherModel = toServerError(wire("otherModel", 50, { ...refusal, others: { ...nobody, windows: 2 } }));
const refused = (name: "otherModel" | "otherVersion", data: Refusal = {}) =>
  ({ type: "refused", name, reason: "It is so.", next: "Decide.", ...data }) as const;
const otherVersion = toServerError(wire("otherVersion", 51));

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
  afterEach(() => setLanguage("en", undefined));

  it("is counted by kind, or is nobody", () => {
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
      setLanguage(language, JSON.parse(readFileSync(`l10n/bundle.l10n.${language}.json`, "utf8")));
      assert.equal(othersText({ ...nobody, windows: 1, editors: 2, terminals: 1 }), expected);
    });

  it("is named when the engine works for one kind alone", () => {
    assert.equal(busyText({ ...nobody, windows: 1 }), "Busy for another window");
    assert.equal(busyText({ ...nobody, editors: 2 }), "Busy for another editor");
    assert.equal(busyText({ ...nobody, terminals: 1 }), "Busy for a terminal");
    assert.equal(busyText({ ...nobody, windows: 1, terminals: 1 }), "Busy for another program");
  });
});

describe("a window whose model is not the one that is loaded", () => {
  it("asks which model to use, by name", () => {
    const problem = problemOf(otherModel, true)!;
    assert.match(problem.message, /^Nano 4B is loaded and is used by 2 other windows\. .* to use mine\.Q4_K_M\./);
    assert.deepEqual(problem.remedies, ["joinModel", "replaceModel"]);
    assert.deepEqual(problem.titles, {
      joinModel: "Use Nano 4B Here",
      replaceModel: "Load mine.Q4_K_M for All Windows",
    });
    assert.equal(problem.severity, "warning");
    assert.deepEqual(problemIn(refused("otherModel", { ...refusal, others: { ...nobody, windows: 2 } })), problem);
  });

  it("offers the same in the chat, in a reply and above the composer", () => {
    assert.deepEqual(failureOf(otherModel).error?.actions, ["joinModel", "replaceModel"]);
    const getting = { running: undefined, recommended: undefined };
    const shown = modelState(refused("otherModel", refusal), { name: mine.model! }, getting);
    assert.equal(shown.type, "failed");
    assert.deepEqual(shown.type === "failed" && shown.remedies, ["joinModel", "replaceModel"]);
  });

  it("is told that only its settings differ", () => {
    const data = { ...refusal, path: mine.model, others: { ...nobody, windows: 1 } };
    const problem = problemOf(toServerError(wire("otherModel", 50, data)), true)!;
    assert.match(
      problem.message,
      /^Nano 4B is loaded with different settings and is used by 1 other window\. Use it as is/,
    );
    assert.deepEqual(problem.titles, { joinModel: "Use As Is", replaceModel: "Reload for All Windows" });
  });

  it("has a message even if the engine does not say who uses it", () => {
    assert.match(toServerError(wire("otherModel", 50, refusal)).message, /used by other programs\./);
    assert.equal(toServerError(wire("otherModel", 50)).message, "It is so.");
  });
});

describe("a window of another version", () => {
  it("says so, and offers to reload the window", () => {
    const problem = problemOf(otherVersion, true)!;
    assert.match(problem.message, /updated in another window\. Reload this window/);
    assert.deepEqual(problem.remedies, ["reloadWindow"]);
    assert.deepEqual(failureOf(otherVersion).error?.actions, ["reloadWindow"]);
  });
});

describe("what the user has decided", () => {
  it("holds after a reload, until the settings change or the user decides otherwise", async () => {
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

  it("is asked for once, and again for another question", () => {
    const joining = new Joining(new Memory());
    assert.deepEqual([joining.isNew(otherModel, mine), joining.isNew(otherModel, mine)], [true, false]);
    assert.equal(joining.isNew(otherModel, { ...mine, contextTokens: 4096 }), true);
    assert.equal(joining.isNew(otherVersion, mine), true);
  });
});

describe("the owner of conversations", () => {
  it("is created once for a workspace, and unique", () => {
    const [memory, other] = [new Memory(), new Memory()];
    const owner = ownerId(memory);
    assert.match(owner, /^[0-9a-f-]{36}$/);
    assert.equal(ownerId(memory), owner);
    assert.notEqual(ownerId(other), owner);
  });
});
