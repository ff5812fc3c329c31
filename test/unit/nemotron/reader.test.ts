import assert from "node:assert/strict";
import { ReplyReader } from "../../../server/nemotron/reader.ts";
import { joined, read } from "./replies.ts";

const thinking = { thinking: true, tools: false };
const plain = { thinking: false, tools: false };

const thought = (text: string) => ({ type: "thought", text });
const answer = (text: string) => ({ type: "answer", text });

describe("nemotron: thought and answer", () => {
  const cases: [name: string, options: typeof plain, reply: string, parts: object[]][] = [
    ["a thought and an answer", thinking, "Hm.\nSo.\n</think>\n\nYes.\n", [thought("Hm.\nSo."), answer("Yes.")]],
    ["an answer without a thought", plain, "\nYes.", [answer("Yes.")]],
    ["an empty thought", thinking, "\n \n</think>\n\nYes.", [answer("Yes.")]],
    ["a missing </think>", thinking, "Hm, and on and on\n", [thought("Hm, and on and on")]],
    ["a doubled <think>", thinking, "\n<think>\nHm.</think>Yes.", [thought("Hm."), answer("Yes.")]],
    ["a doubled </think>", thinking, "Hm.</think>\n</think>\n\nYes.", [thought("Hm."), answer("Yes.")]],
    ["an orphan </think>", plain, "</think>\n\nYes.", [answer("Yes.")]],
    ["an empty thought that was not requested", plain, "<think>\n</think>Yes.", [answer("Yes.")]],
    ["a thought that was not requested", plain, "<think>Hm.</think>Yes.", [thought("Hm."), answer("Yes.")]],
    ["two thoughts", thinking, "A\n</think>\n<think>\nB\n</think>C", [thought("A\n\nB"), answer("C")]],
    [
      "tags inside a thought",
      thinking,
      "Is <think> a tag? <TOOLCALL></think>Yes.",
      [thought("Is <think> a tag? <TOOLCALL>"), answer("Yes.")],
    ],
    ["tags inside an answer", plain, "Use <think> and </think>.", [answer("Use <think> and </think>.")]],
    ["a half tag at the end of a thought", thinking, "Hm </thin", [thought("Hm </thin")]],
    ["a half tag at the end of an answer", plain, "<thin", [answer("<thin")]],
    ["calls when there are no tools", plain, "<TOOLCALL>[]</TOOLCALL>", [answer("<TOOLCALL>[]</TOOLCALL>")]],
    ["nothing", thinking, "", []],
  ];
  for (const [name, options, reply, parts] of cases) {
    it(`reads ${name}`, () => {
      assert.deepEqual(read(options, [reply]), parts);
      assert.deepEqual(read(options, reply.split("")), parts);
    });
  }

  it("shows text as soon as it is certain, and holds back what can be a tag", () => {
    const reader = new ReplyReader(thinking);
    assert.deepEqual(reader.push("Hm, a "), [thought("Hm, a")]);
    assert.deepEqual(reader.push("b </th"), [thought(" b")]);
    assert.equal(reader.heldBack, "</th");
    assert.ok(reader.inThought);
    assert.deepEqual(reader.push("ink>\n\n"), []);
    assert.equal(reader.heldBack, "");
    assert.ok(!reader.inThought && !reader.answerStarted);
    assert.deepEqual(reader.push("Y"), [answer("Y")]);
    assert.ok(reader.answerStarted);
    assert.deepEqual(reader.end(), []);
  });

  it("ends a thought from outside, with the text that was held back", () => {
    const reader = new ReplyReader(thinking);
    const parts = [...reader.push("Hm </th\n"), ...reader.push("x <"), ...reader.closeThought()];
    assert.deepEqual(joined(parts), [thought("Hm </th\nx <")]);
    assert.ok(!reader.inThought);
    // The model can close it again.
    assert.deepEqual(reader.push("\n</think>\n\nYes."), [answer("Yes.")]);
    assert.deepEqual(reader.closeThought(), []);
  });
});

describe("nemotron: calls in a reply", () => {
  const tools = { thinking: false, tools: true };
  const call = (name: string, args = {}) => ({ type: "toolCall", toolCall: { name, arguments: args } });
  const broken = (isCut: boolean) => ({ type: "brokenCall", isCut });
  const cases: [name: string, reply: string, parts: object[]][] = [
    [
      "a call",
      '<TOOLCALL>[{"name": "a", "arguments": {"b": [{"c": "]</T"}]}}]</TOOLCALL>',
      [call("a", { b: [{ c: "]</T" }] })],
    ],
    [
      "tags in the strings of a call",
      '<TOOLCALL>[{"name": "a", "arguments": {"b": "\\"</TOOLCALL>", "c": "<TOOLCALL>[]</TOOLCALL>"}}]</TOOLCALL>Done.',
      [call("a", { b: '"</TOOLCALL>', c: "<TOOLCALL>[]</TOOLCALL>" }), answer("Done.")],
    ],
    ["a string that does not end", '<TOOLCALL>[{"name": "a</TOOLCALL> B', [broken(true)]],
    ["two calls in one block", '<TOOLCALL>[{"name": "a"}, {"name": "b"}]</TOOLCALL>\n', [call("a"), call("b")]],
    [
      "text and two blocks",
      'Look:\n\n<TOOLCALL>{"name": "a"}</TOOLCALL>\n<TOOLCALL>[{"name": "b"}]</TOOLCALL>',
      [answer("Look:"), call("a"), call("b")],
    ],
    ["text behind a call", ' <TOOLCALL>[{"name": "a"}]</TOOLCALL>\n\nDone. ', [call("a"), answer("Done.")]],
    [
      "text on both sides of a call",
      'A <TOOLCALL>[{"name": "a"}]</TOOLCALL>\nB',
      [answer("A"), call("a"), answer(" \nB")],
    ],
    ["no calls in a block", "Look: <TOOLCALL>[]</TOOLCALL>", [answer("Look:")]],
    ["a call without its closing tag", '<TOOLCALL>[{"name": "a"}]\n', [call("a")]],
    ["a call with half of its closing tag", '<TOOLCALL>[{"name": "a"}]</TOOLC', [call("a")]],
    ["half a call", 'Look: <TOOLCALL>[{"name": "a', [answer("Look:"), broken(true)]],
    ["a bad call", "A <TOOLCALL>[{nope}]</TOOLCALL> B\n", [answer("A"), broken(false), answer("  B")]],
    [
      "a bad call, then a good one",
      '<TOOLCALL>x</TOOLCALL><TOOLCALL>[{"name": "a"}]</TOOLCALL>',
      [broken(false), call("a")],
    ],
    ["an opening tag alone", "<TOOLCALL>", [broken(true)]],
    ["half an opening tag", "A <TOOLC", [answer("A <TOOLC")]],
  ];
  for (const [name, reply, parts] of cases) {
    it(`reads ${name}`, () => {
      assert.deepEqual(read(tools, [reply]), parts);
      assert.deepEqual(read(tools, reply.split("")), parts);
      assert.deepEqual(read({ ...tools, thinking: true }, ["Hm. <TOOLCALL>\n</think>\n", reply]), [
        thought("Hm. <TOOLCALL>"),
        ...parts,
      ]);
    });
  }
});

describe("nemotron: a reply that is cut where a call may begin", () => {
  const ends = (reply: string, isCut: boolean) => {
    const reader = new ReplyReader({ thinking: false, tools: true });
    return [...reader.push(reply), ...reader.end(isCut)];
  };
  const cut = { type: "brokenCall", isCut: true };

  it("does not show half of a tag", () => {
    for (const half of ["<", "<T", "<TOOLCALL"]) assert.deepEqual(ends(half, true), [cut]);
    assert.deepEqual(ends("Look: <TOOLC", true), [answer("Look:"), cut]);
    assert.deepEqual(ends('<TOOLCALL>[{"name": "a"}]</TOOLCALL>\n<TO', true), [
      { type: "toolCall", toolCall: { name: "a", arguments: {} } },
      cut,
    ]);
  });

  it("reads the complete calls of a block, and none if the model ended it by itself", () => {
    const call = (name: string, args: object) => ({ type: "toolCall", toolCall: { name, arguments: args } });
    const first = '<TOOLCALL>[{"name": "a", "arguments": {"b": ["}, {\\"", {"c": 1}]}}, ';
    const a = call("a", { b: ['}, {"', { c: 1 }] });
    for (const rest of ["", "{", '{"name": "d", "arguments": {"e": {}', '{"name": "d]}'])
      assert.deepEqual(ends(first + rest, true), [a, cut], rest);
    assert.deepEqual(ends(`${first}{"name": "d"}, {"na`, true), [a, call("d", {}), cut]);
    assert.deepEqual(ends('<TOOLCALL>{"name": "a", "arguments": {}', true), [cut]);
    assert.deepEqual(ends(`${first}{"name`, false), [cut]);
  });

  it("shows a beginning that is only text", () => {
    assert.deepEqual(
      ends("if (a <", true)
        .map((part) => "text" in part && part.text)
        .join(""),
      "if (a <",
    );
    assert.deepEqual(
      ends("a <b", true)
        .map((part) => "text" in part && part.text)
        .join(""),
      "a <b",
    );
    assert.deepEqual(ends("", true), []);
    assert.deepEqual(ends("<TOOLC", false), [answer("<TOOLC")]);
  });
});

describe("nemotron: stop texts", () => {
  const cases: [name: string, stop: string[], reply: string, parts: object[]][] = [
    ["ends the answer before it", ["END"], "Yes. END No.", [answer("Yes.")]],
    ["takes the one that starts first", ["b", "abc"], "xabc", [answer("x")]],
    ["continues when only a part of one came", ["abc"], "ababx abc", [answer("ababx")]],
    ["finds one inside the beginning of another", ["abcd", "c"], "xabce", [answer("xab")]],
    ["shows the beginning of one at the end", ["END"], "The EN", [answer("The EN")]],
    ["does not look at white space before the answer", ["\n\n"], "\n\nA\n\nB", [answer("A")]],
    ["may leave nothing", ["A"], "A", []],
    ["ignores empty ones", [""], "A", [answer("A")]],
  ];
  for (const [name, stop, reply, parts] of cases) {
    it(name, () => {
      assert.deepEqual(read({ ...plain, stop }, [reply]), parts);
      assert.deepEqual(read({ ...plain, stop }, reply.split("")), parts);
    });
  }

  it("are not searched for in thoughts and calls, valid or not", () => {
    const options = { thinking: true, tools: true, stop: ["END"] };
    const call = '<TOOLCALL>[{"name": "END"}]</TOOLCALL>';
    const toolCall = { type: "toolCall", toolCall: { name: "END", arguments: {} } };
    assert.deepEqual(read(options, [`END</think>${call}A END B`]), [thought("END"), toolCall, answer("A")]);
    assert.deepEqual(read(options, ["</think><TOOLCALL>A END B</TOOLCALL> C"]), [
      { type: "brokenCall", isCut: false },
      answer("C"),
    ]);
    assert.deepEqual(read(options, [`</think>EN${call}D`]), [answer("EN"), toolCall, answer("D")]);
  });

  it("are decided before a call: a stop text held back ends the answer, and the call is ignored", () => {
    const options = { thinking: false, tools: true, stop: ["abc", "b"] };
    assert.deepEqual(read(options, ['ab<TOOLCALL>[{"name": "x"}]</TOOLCALL> c']), [answer("a")]);
  });

  it("make the reader ignore the rest", () => {
    const reader = new ReplyReader({ thinking: false, tools: true, stop: ["END"] });
    assert.deepEqual(reader.push("A EN"), [answer("A")]);
    assert.equal(reader.stopText, undefined);
    assert.deepEqual(reader.push('D <TOOLCALL>[{"name": "a"}]</TOOLCALL>'), []);
    assert.equal(reader.stopText, "END");
    assert.deepEqual([...reader.push("B"), ...reader.closeThought(), ...reader.end()], []);
  });
});
