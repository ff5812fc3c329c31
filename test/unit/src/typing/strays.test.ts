import assert from "node:assert/strict";
import fc from "fast-check";
import { applyChanges, type Change } from "../../../../src/editor/hunks.ts";
import { StrayInput } from "../../../../src/typing/strays.ts";

const TEXT = "one\ntwo\nthree\n";

/** A document with the word "two" selected, after these changes, and after their restoration. */
function typing(...steps: Change[][]) {
  const strays = new StrayInput(TEXT, [{ start: 4, end: 7 }]);
  let text = TEXT;
  for (const step of steps) {
    strays.changed(step);
    text = applyChanges(text, step).text;
  }
  return { strays, restored: applyChanges(text, strays.restoration).text };
}
const at = (offset: number, length: number, text: string): Change[] => [{ offset, length, text }];

describe("text that is typed before an input has the focus", () => {
  const cases: [string, Change[][], string, boolean?][] = [
    ["letters over a selection", [at(4, 3, "f"), at(5, 0, "i"), at(6, 0, "x")], "fix"],
    ["a letter taken back", [at(4, 3, "f"), at(5, 0, "o"), at(5, 1, ""), at(5, 0, "i")], "fi"],
    ["brackets that the editor closes", [at(4, 3, "f"), at(5, 0, "()"), at(6, 0, "x"), at(7, 1, ")")], "f(x)"],
    ["a bracket that stays open", [at(4, 3, "["), at(5, 0, "()")], "[("],
    [
      "a selection with quotes around it",
      [
        [
          { offset: 7, length: 0, text: '"' },
          { offset: 4, length: 0, text: '"' },
        ],
      ],
      '"',
    ],
    ["Enter, with the line's indentation", [at(4, 3, "g"), at(5, 0, "o"), at(6, 0, "\n  ")], "go", true],
    ["a selection that is deleted", [at(4, 3, "")], ""],
  ];
  for (const [name, steps, typed, entered = false] of cases)
    it(`is recognised: ${name}`, () => {
      const { strays, restored } = typing(...steps);
      assert.equal(strays.typed, typed);
      assert.equal(strays.entered, entered);
      assert.equal(restored, TEXT);
    });

  it("does not include changes elsewhere", () => {
    const { strays, restored } = typing(at(4, 3, "f"), at(0, 0, "zero\n"), at(10, 0, "i"), at(12, 5, "3"));
    assert.equal(strays.typed, "fi");
    assert.equal(restored, "zero\none\ntwo\n3\n");
  });

  it("is removed at each of several cursors", () => {
    const strays = new StrayInput(TEXT, [
      { start: 4, end: 7 },
      { start: 0, end: 3 },
    ]);
    const steps: Change[][] = [
      [
        { offset: 4, length: 3, text: "a" },
        { offset: 0, length: 3, text: "a" },
      ],
      [
        { offset: 3, length: 0, text: "b" },
        { offset: 1, length: 0, text: "b" },
      ],
    ];
    const text = steps.reduce((text, step) => {
      strays.changed(step);
      return applyChanges(text, step).text;
    }, TEXT);
    assert.equal(text, "ab\nab\nthree\n");
    assert.equal(strays.typed, "ab");
    assert.equal(applyChanges(text, strays.restoration).text, TEXT);
  });

  it("is not found when nothing was typed", () => {
    const { strays, restored } = typing(at(10, 0, "x"));
    assert.equal(strays.found, false);
    assert.equal(restored, applyChanges(TEXT, at(10, 0, "x")).text);
  });

  it("is removed, whatever the selection and the letters are", () => {
    const letters = fc.array(fc.string({ minLength: 1, maxLength: 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(TEXT.length), fc.nat(TEXT.length), letters, (a, b, typed) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const strays = new StrayInput(TEXT, [{ start, end }]);
        let text = TEXT;
        typed.forEach((letter, i) => {
          const change = i === 0 ? at(start, end - start, letter) : at(start + i, 0, letter);
          strays.changed(change);
          text = applyChanges(text, change).text;
        });
        assert.equal(applyChanges(text, strays.restoration).text, TEXT);
        assert.equal(strays.typed, typed.join("").split(/[\r\n]/)[0]);
      }),
    );
  });
});
