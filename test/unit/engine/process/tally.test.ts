import assert from "node:assert/strict";
import { type GeneratedProgress, Tally } from "../../../../server/engine/process/tally.ts";

const thought = (text: string) => ({ type: "thought" as const, text });
const answer = (text: string) => ({ type: "answer" as const, text });

function tallied(run: (tally: Tally) => void): GeneratedProgress[] {
  const reported: GeneratedProgress[] = [];
  run(new Tally((progress) => reported.push(progress)));
  return reported;
}

describe("a reply's tally", () => {
  it("reports the count so far with each part, and the final count of each reported part", () => {
    const reported = tallied((tally) => {
      tally.thought = 2;
      tally.add([thought("Hm")]);
      tally.thought = 5;
      tally.add([]);
      tally.answer = 1;
      tally.add([answer("Yes")]);
      tally.answer = 2;
      tally.add([answer(".")]);
      tally.answer = 3;
      tally.end();
    });
    assert.deepEqual(reported, [
      { ...thought("Hm"), tokens: 2 },
      { ...thought(""), tokens: 5 },
      { ...answer("Yes"), tokens: 1 },
      { ...answer("."), tokens: 2 },
      { ...answer(""), tokens: 3 },
    ]);
  });

  it("reports nothing for a thought or an answer without text", () => {
    const reported = tallied((tally) => {
      tally.thought = 3;
      tally.add([answer("Yes")]);
      tally.end();
    });
    assert.deepEqual(reported, [{ ...answer("Yes"), tokens: 0 }]);
  });

  it("reports nothing more after a tool call", () => {
    const toolCall = { name: "f", arguments: {} };
    const reported = tallied((tally) => {
      tally.answer = 1;
      tally.add([answer("Look:")]);
      tally.answer = 9;
      tally.add([{ type: "toolCall", toolCall }]);
      tally.answer = 10;
      tally.end();
    });
    assert.deepEqual(reported, [
      { ...answer("Look:"), tokens: 1 },
      { ...answer(""), tokens: 9 },
      { type: "toolCall", toolCall },
    ]);
  });
});
