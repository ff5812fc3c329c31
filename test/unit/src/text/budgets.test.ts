import assert from "node:assert/strict";
import { BUDGETS } from "../../../../media/messages.ts";
import { budgetLabel, budgetToThinking, shortBudget, toggledThinking } from "../../../../src/text/budgets.ts";

describe("budgets", () => {
  it("are sent in the protocol's form", () => {
    assert.deepEqual(BUDGETS.map(budgetToThinking), [
      { mode: "off" },
      { mode: "on", budget: 256 },
      { mode: "on", budget: 512 },
      { mode: "on", budget: 1024 },
      { mode: "on", budget: 2048 },
      { mode: "on", budget: 4096 },
      { mode: "on", budget: "unlimited" },
    ]);
  });

  it("have a short form, and a long one with an explanation", () => {
    assert.deepEqual(BUDGETS.map(shortBudget), ["off", "256", "512", "1K", "2K", "4K", "∞"]);
    assert.equal(budgetLabel("2048").description, "thinks for up to 2,048 tokens");
    assert.equal(new Set(BUDGETS.map((budget) => budgetLabel(budget).label)).size, BUDGETS.length);
  });

  it("are switched off and on by one click each, and on always lets the model think", () => {
    assert.deepEqual(toggledThinking("512", "512"), { mode: "off" });
    assert.deepEqual(toggledThinking("off", "2048"), { mode: "on", chat: "2048" });
    assert.deepEqual(toggledThinking("off", "off"), { mode: "on", chat: "1024" });
  });
});
