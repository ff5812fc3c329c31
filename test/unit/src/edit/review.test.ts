import assert from "node:assert/strict";
import { applyChanges, type Change } from "../../../../src/edit/hunks.ts";
import { Review } from "../../../../src/edit/review.ts";

/** A document with a review, as the editor would drive it. */
function editor(text: string) {
  const review = new Review(text);
  const history = [text];
  const set = (next: string, changes: Change[]) => {
    text = next;
    review.changed(next, changes);
  };
  return {
    review,
    text: () => text,
    change: (...changes: Change[]) => {
      set(applyChanges(text, changes).text, changes);
      history.push(text);
    },
    undo: () => {
      const before = text;
      history.pop();
      const back = history.at(-1)!;
      set(back, [{ offset: 0, length: before.length, text: back }]);
    },
    redo: (next: string) => {
      const before = text;
      history.push(next);
      set(next, [{ offset: 0, length: before.length, text: next }]);
    },
  };
}

const PROPOSAL: Change[] = [
  { offset: 0, length: 1, text: "A" },
  { offset: 2, length: 0, text: "x\n" },
  { offset: 4, length: 2, text: "" },
];
const propose = (doc: ReturnType<typeof editor>) => {
  doc.review.propose(PROPOSAL);
  doc.change(...PROPOSAL);
};

describe("a review", () => {
  const before = "a\nb\nc\nd\n";
  const after = "A\nx\nb\nd\n";

  it("waits with a hunk for each change, and knows what was there", () => {
    const doc = editor(before);
    propose(doc);
    assert.equal(doc.text(), after);
    assert.equal(doc.review.hunks.length, 3);
    assert.equal(doc.review.original, before);
  });

  it("is gone with one undo, and back with a redo", () => {
    const doc = editor(before);
    propose(doc);
    doc.undo();
    assert.equal(doc.text(), before);
    assert.deepEqual(doc.review.hunks, []);
    doc.redo(after);
    assert.equal(doc.review.hunks.length, 3);
    assert.equal(doc.review.original, before);
  });

  it("takes verdicts one by one, also back with undo", () => {
    const doc = editor(before);
    propose(doc);
    const [first, second] = doc.review.hunks;
    doc.review.keep(first!.id);
    assert.equal(doc.review.original, "A\nb\nc\nd\n");
    doc.change(...doc.review.reject(second!.id));
    assert.equal(doc.text(), "A\nb\nd\n");
    assert.equal(doc.review.hunks.length, 1);
    doc.undo();
    assert.equal(doc.text(), after);
    assert.equal(doc.review.hunks.length, 2);
    doc.change(...doc.review.reject());
    assert.equal(doc.text(), "A\nb\nc\nd\n");
    assert.deepEqual(doc.review.hunks, []);
  });

  it("lets the user's own changes be the user's", () => {
    const doc = editor(before);
    propose(doc);
    doc.change({ offset: 3, length: 0, text: "user" });
    assert.equal(doc.text(), "A\nxuser\nb\nd\n");
    assert.equal(doc.review.hunks.length, 2);
    doc.change(...doc.review.reject());
    assert.equal(doc.text(), "a\nxuser\nb\nc\nd\n");
  });

  it("takes a second proposal beside the first", () => {
    const doc = editor(before);
    propose(doc);
    const more = [{ offset: 6, length: 1, text: "D" }];
    doc.review.propose(more);
    doc.change(...more);
    assert.equal(doc.text(), "A\nx\nb\nD\n");
    assert.equal(doc.review.hunks.length, 4);
    doc.change(...doc.review.reject());
    assert.equal(doc.text(), before);
  });
});
