import assert from "node:assert/strict";
import { type GeneratedProgress, Tally } from "../../../server/engine/tally.ts";

const thought = (text: string) => ({ type: "thought" as const, text });
const answer = (text: string) => ({ type: "answer" as const, text });

function tallied(run: (tally: Tally) => void): GeneratedProgress[] {
  const told: GeneratedProgress[] = [];
  run(new Tally((progress) => told.push(progress)));
  return told;
}

describe("a reply's tally", () => {
  it("tells with each part how many tokens there are so far, and the final count of what was told of", () => {
    const told = tallied((tally) => {
      tally.thought = 2;
      tally.tell([thought("Hm")]);
      tally.thought = 5;
      tally.tell([]);
      tally.answer = 1;
      tally.tell([answer("Yes")]);
      tally.answer = 2;
      tally.tell([answer(".")]);
      tally.answer = 3;
      tally.end();
    });
    assert.deepEqual(told, [
      { ...thought("Hm"), tokens: 2 },
      { ...thought(""), tokens: 5 },
      { ...answer("Yes"), tokens: 1 },
      { ...answer("."), tokens: 2 },
      { ...answer(""), tokens: 3 },
    ]);
  });

  it("says nothing of a thought or an answer that had no text", () => {
    const told = tallied((tally) => {
      tally.thought = 3;
      tally.tell([answer("Yes")]);
      tally.end();
    });
    assert.deepEqual(told, [{ ...answer("Yes"), tokens: 0 }]);
  });

  it("lets nothing follow a tool call", () => {
    const toolCall = { name: "f", arguments: {} };
    const told = tallied((tally) => {
      tally.answer = 1;
      tally.tell([answer("Look:")]);
      tally.answer = 9;
      tally.tell([{ type: "toolCall", toolCall }]);
      tally.answer = 10;
      tally.end();
    });
    assert.deepEqual(told, [
      { ...answer("Look:"), tokens: 1 },
      { ...answer(""), tokens: 9 },
      { type: "toolCall", toolCall },
    ]);
  });
});
