import assert from "node:assert/strict";
import fc from "fast-check";
import { pythonJson } from "../../../server/nemotron/pythonJson.ts";
import { ReplyReader } from "../../../server/nemotron/reader.ts";
import { toolCall } from "./conversations.ts";
import { cut, options, plainText, read, reply, textOf } from "./replies.ts";

const places = fc.array(fc.nat(), { maxLength: 12 });

describe("nemotron: replies that come in pieces", () => {
  it("read the same however they are cut", () => {
    fc.assert(
      fc.property(options, reply, places, (options, reply, places) => {
        const whole = read(options, [reply]);
        assert.deepEqual(read(options, cut(reply, places)), whole);
        assert.deepEqual(read(options, reply.split("")), whole);
      }),
      { numRuns: 3000 },
    );
  });

  it("read the same when a thought is closed from outside", () => {
    fc.assert(
      fc.property(options, reply, reply, places, (options, first, second, places) => {
        const whole = read(options, [first, undefined, second]);
        assert.deepEqual(read(options, [...cut(first, places), undefined, ...cut(second, places)]), whole);
        assert.deepEqual(read(options, [...first.split(""), undefined, ...second.split("")]), whole);
      }),
      { numRuns: 2000 },
    );
  });

  it("keep thought and answer apart", () => {
    fc.assert(
      fc.property(plainText, plainText, fc.boolean(), places, (thought, answer, tools, places) => {
        const parts = read({ thinking: true, tools }, cut(`${thought}</think>${answer}`, places));
        assert.equal(textOf(parts, "thought"), thought.trim());
        assert.equal(textOf(parts, "answer"), answer.trim());
        assert.ok(parts.every((part) => !("text" in part) || part.text !== ""));
      }),
    );
  });

  it("take calls out of the answer, in order", () => {
    const block = fc.array(toolCall, { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(plainText, block), { maxLength: 4 }), plainText, places, (turns, last, places) => {
        const text = turns.map(([before, calls]) => `${before}<TOOLCALL>${pythonJson(calls)}</TOOLCALL>`).join("");
        const parts = read({ thinking: false, tools: true }, cut(text + last, places));
        const calls = parts.flatMap((part) => (part.type === "toolCall" ? [part.toolCall] : []));
        assert.deepEqual(calls, JSON.parse(JSON.stringify(turns.flatMap(([, calls]) => calls))));
        assert.equal(textOf(parts, "answer"), (turns.map(([before]) => before).join("") + last).trim());
      }),
    );
  });

  it("end at the first stop text", () => {
    const stops = fc.array(fc.stringMatching(/^[ab ]{1,4}$/), { maxLength: 3 });
    fc.assert(
      fc.property(stops, fc.stringMatching(/^[ab \n]{0,30}$/), places, (stop, text, places) => {
        const found = stop.map((stop) => text.trimStart().indexOf(stop)).filter((at) => at >= 0);
        const expected = text
          .trimStart()
          .slice(0, Math.min(...found, text.length))
          .trimEnd();
        assert.equal(textOf(read({ thinking: false, tools: false, stop }, cut(text, places)), "answer"), expected);
      }),
      { numRuns: 1000 },
    );
  });

  it("hold back at most one tag", () => {
    fc.assert(
      fc.property(options, reply, (options, reply) => {
        const reader = new ReplyReader(options);
        for (const character of reply) {
          reader.push(character);
          assert.ok(reader.heldBack.length < "</TOOLCALL>".length);
        }
      }),
    );
  });
});
