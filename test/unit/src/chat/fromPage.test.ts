import assert from "node:assert/strict";
import fc from "fast-check";
import { readFromPage } from "../../../../src/chat/fromPage.ts";

describe("messages of the page", () => {
  it("are read as they were sent", () => {
    for (const message of [
      { type: "ready" },
      { type: "send", text: "Hello" },
      { type: "regenerate", turn: "t1" },
      { type: "regenerate", turn: "t1", budget: "off" },
      { type: "drop", attachment: "a1" },
      { type: "setMode", mode: "agent" },
      { type: "setAgentBudget", which: "plan", budget: "off" },
      { type: "approve", turn: "t1", id: "p1", answer: "no", why: "not now" },
      { type: "approve", turn: "t1", id: "p1", answer: "yes", command: "npm test" },
      { type: "restoreStep", turn: "t1", row: "r1" },
      { type: "openChange", turn: "t1", path: "src/a.ts" },
      { type: "code", action: "apply", code: "a", language: "ts" },
      { type: "command", command: "chooseModel" },
    ])
      assert.deepEqual(readFromPage(message), message);
  });

  it("are refused when a part is missing, of another type, or not one of the choices", () => {
    for (const message of [
      undefined,
      "ready",
      { type: "toString" },
      { type: "send" },
      { type: "addBudget", tokens: -1 },
      { type: "openReference", turn: "t1", index: 0.5 },
      { type: "attachFiles", uris: "file:///a" },
      { type: "setBudget", budget: "all" },
      { type: "drop", what: {} },
      { type: "setMode", mode: "auto" },
      { type: "setAgentBudget", which: "all", budget: "off" },
      { type: "approve", turn: "t1", id: "p1", answer: "never" },
      { type: "approve", turn: "t1", answer: "yes" },
      { type: "undoTurn" },
      { type: "code", action: "run", code: "rm -r .", language: "sh" },
      { type: "command", command: "workbench.action.terminal.new" },
      Object.create({ type: "ready" }),
    ])
      assert.equal(readFromPage(message), undefined, JSON.stringify(message));
    fc.assert(fc.property(fc.anything(), (value) => readFromPage(value) === undefined));
  });

  it("keep nothing that their type does not have", () => {
    assert.deepEqual(readFromPage({ type: "stop", command: "x", __proto__: null }), { type: "stop" });
  });
});
