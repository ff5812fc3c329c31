import assert from "node:assert/strict";
import fc from "fast-check";
import { PendingRange } from "../../../../src/edit/pendingRange.ts";
import {
  applyChanges,
  type Change,
  type Hunk,
  rejection,
  shiftHunks,
  withoutHunks,
} from "../../../../src/editor/hunks.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "\t", "\n", "\r\n", "😀", "é"), maxLength: 60 });

/** Changes of a text that do not overlap. */
const changesOf = (length: number): fc.Arbitrary<Change[]> =>
  fc.array(fc.tuple(fc.nat(length), text), { maxLength: 12 }).map((cuts) => {
    const sorted = cuts.sort(([a], [b]) => a - b);
    const changes: Change[] = [];
    for (let i = 0; i + 1 < sorted.length; i += 2) {
      const [[from, after], [to]] = [sorted[i]!, sorted[i + 1]!];
      if (from > (changes.at(-1) ? changes.at(-1)!.offset + changes.at(-1)!.length : -1))
        changes.push({ offset: from, length: to - from, text: after });
    }
    return changes;
  });
const edited = text.chain((before) => changesOf(before.length).map((changes) => ({ before, changes })));

const change = (text: string, { offset, length, text: after }: Change) =>
  text.slice(0, offset) + after + text.slice(offset + length);
/** Some change of a text by the user. */
const userChange = (length: number) =>
  fc.tuple(fc.nat(length), fc.nat(4), text).map(([offset, wanted, text]): Change => {
    return { offset, length: Math.min(wanted, length - offset), text };
  });

/** Rejects hunks one after the other, in any order, as clicks would. */
function reject(text: string, hunks: Hunk[], ids: number[]): string {
  let [current, left] = [text, hunks];
  for (const id of ids) {
    const hunk = left.find((hunk) => hunk.id === id);
    if (!hunk) continue;
    const back = rejection(hunk);
    current = change(current, back);
    left = shiftHunks(
      left.filter((other) => other !== hunk),
      back,
    );
  }
  return current;
}

describe("hunks", () => {
  it("cover the changes, and hold the original text", () => {
    fc.assert(
      fc.property(edited, ({ before, changes }) => {
        const { text, hunks } = applyChanges(before, changes);
        assert.deepEqual(
          hunks.map(({ start, end }) => text.slice(start, end)),
          changes.map(({ text }) => text),
        );
        assert.equal(withoutHunks(text, hunks), before);
      }),
    );
  });

  it("give the original when all are rejected, in any order", () => {
    const orders = edited.chain(({ before, changes }) =>
      fc
        .shuffledSubarray(
          changes.map((_, i) => i),
          { minLength: changes.length },
        )
        .map((order) => ({ before, changes, order })),
    );
    fc.assert(
      fc.property(orders, ({ before, changes, order }) => {
        const { text, hunks } = applyChanges(before, changes);
        assert.equal(reject(text, hunks, order), before);
      }),
    );
  });

  it("give the text with only the kept changes when some are rejected", () => {
    const subsets = edited.chain(({ before, changes }) =>
      fc.shuffledSubarray(changes.map((_, i) => i)).map((rejected) => ({ before, changes, rejected })),
    );
    fc.assert(
      fc.property(subsets, ({ before, changes, rejected }) => {
        const { text, hunks } = applyChanges(before, changes);
        const kept = changes.filter((_, i) => !rejected.includes(i));
        assert.equal(reject(text, hunks, rejected), applyChanges(before, kept).text);
      }),
    );
  });

  it("keep everything that the user types when they are rejected", () => {
    fc.assert(
      fc.property(edited, fc.array(fc.tuple(fc.nat(), text), { maxLength: 6 }), (start, typed) => {
        const applied = applyChanges(start.before, start.changes);
        let [current, hunks] = [applied.text, applied.hunks];
        for (const [i, [at, letters]] of typed.entries()) {
          const mark = `«${i}${letters}»`;
          const insertion = { offset: at % (current.length + 1), length: 0, text: mark };
          current = change(current, insertion);
          hunks = shiftHunks(hunks, insertion);
        }
        const rejected = reject(
          current,
          hunks,
          hunks.map(({ id }) => id),
        );
        for (const [i, [, letters]] of typed.entries()) {
          // A later insertion may have split an earlier one: then its parts are there.
          for (const letter of `«${i}${letters}»`.split("")) assert.ok(rejected.includes(letter));
        }
        const marks = (text: string) => [...text].filter((letter) => letter === "«" || letter === "»").length;
        assert.equal(marks(rejected), typed.length * 2);
      }),
    );
  });

  it("still hold the proposed text after changes elsewhere", () => {
    const changed = edited.chain((start) => {
      const { text } = applyChanges(start.before, start.changes);
      return userChange(text.length).map((user) => ({ ...start, user }));
    });
    fc.assert(
      fc.property(changed, ({ before, changes, user }) => {
        const applied = applyChanges(before, changes);
        const after = change(applied.text, user);
        for (const hunk of shiftHunks(applied.hunks, user))
          assert.equal(after.slice(hunk.start, hunk.end), changes[hunk.id]!.text);
      }),
    );
  });
});

describe("the place of an edit that is being written", () => {
  const place = text.chain((before) =>
    fc
      .tuple(fc.nat(before.length), fc.nat(before.length))
      .map(([a, b]) => ({ before, start: Math.min(a, b), end: Math.max(a, b) })),
  );

  it("follows typing elsewhere, and is given up when its own text changes", () => {
    fc.assert(
      fc.property(
        place,
        fc.array(fc.tuple(fc.nat(), fc.nat(3), text), { maxLength: 8 }),
        ({ before, start, end }, typed) => {
          const range = new PendingRange(start, end);
          let current = before;
          for (const [at, wanted, letters] of typed) {
            const offset = at % (current.length + 1);
            const user = { offset, length: Math.min(wanted, current.length - offset), text: letters };
            current = change(current, user);
            range.follow(user);
          }
          const edit = { offset: start, length: end - start, text: "[new]" };
          const rebased = range.rebase([edit]);
          if (!rebased) return;
          const selected = before.slice(start, end);
          assert.equal(current.slice(range.start, range.end), selected);
          assert.equal(rebased[0]!.offset, range.start);
          const after = change(current, rebased[0]!);
          assert.equal(after, `${current.slice(0, range.start)}[new]${current.slice(range.end)}`);
        },
      ),
    );
  });

  it("is given up by a change in it, not by one beside it", () => {
    for (const [offset, length, fits] of [
      [0, 1, true],
      [2, 0, true],
      [5, 0, true],
      [5, 2, true],
      [3, 0, false],
      [1, 2, false],
      [4, 2, false],
      [0, 9, false],
    ] as const) {
      const range = new PendingRange(2, 5);
      range.follow({ offset, length, text: "x" });
      assert.equal(range.rebase([]) !== undefined, fits, `${offset} ${length}`);
    }
  });
});
