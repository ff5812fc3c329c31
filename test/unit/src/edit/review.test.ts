import assert from "node:assert/strict";
import { Review } from "../../../../src/edit/review.ts";
import { applyChanges, type Change } from "../../../../src/editor/hunks.ts";

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
const ASKED = { instruction: "shorter", budget: "1024" as const, thought: "It is long." };
const PLACE = { start: 0, end: 8 };
const propose = (doc: ReturnType<typeof editor>) => {
  doc.review.propose(PROPOSAL, ASKED, PLACE);
  doc.change(...PROPOSAL);
};

describe("a review", () => {
  const before = "a\nb\nc\nd\n";
  const after = "A\nx\nb\nd\n";

  it("has a hunk for each change, and keeps the original text", () => {
    const doc = editor(before);
    propose(doc);
    assert.equal(doc.text(), after);
    assert.equal(doc.review.hunks.length, 3);
    assert.equal(doc.review.original, before);
  });

  it("joins what one turn of an agent changes in the same lines, and leaves others apart", () => {
    const doc = editor("a\nb\nc\n");
    const edit = (turn: string | undefined, change: Change) => {
      doc.review.propose([change], { ...ASKED, turn }, { start: change.offset, end: change.offset + change.length });
      doc.change(change);
    };
    edit("one", { offset: 2, length: 1, text: "B" });
    edit("one", { offset: 2, length: 1, text: "BB\nbb" });
    edit("two", { offset: 0, length: 1, text: "A" });
    assert.equal(doc.text(), "A\nBB\nbb\nc\n");
    assert.equal(doc.review.hunks.length, 2);
    doc.change(...doc.review.reject(doc.review.isOf("one")));
    assert.equal(doc.text(), "A\nb\nc\n");
    assert.equal(doc.review.original, "a\nb\nc\n");
    edit("three", { offset: 0, length: 1, text: "Z" });
    doc.change(...doc.review.reject(doc.review.isOf("three")));
    assert.equal(doc.text(), "A\nb\nc\n", "what an earlier turn has done stays");
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

  it("takes verdicts one by one, and back with undo", () => {
    const doc = editor(before);
    propose(doc);
    const [first, second] = doc.review.hunks;
    doc.review.keep(({ id }) => id === first!.id);
    assert.equal(doc.review.original, "A\nb\nc\nd\n");
    doc.change(...doc.review.reject(({ id }) => id === second!.id));
    assert.equal(doc.text(), "A\nb\nd\n");
    assert.equal(doc.review.hunks.length, 1);
    doc.undo();
    assert.equal(doc.text(), after);
    assert.equal(doc.review.hunks.length, 2);
    doc.change(...doc.review.reject());
    assert.equal(doc.text(), "A\nb\nc\nd\n");
    assert.deepEqual(doc.review.hunks, []);
  });

  it("leaves the user's own changes alone", () => {
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
    doc.review.propose(more, { ...ASKED, instruction: "louder" }, { start: 6, end: 7 });
    doc.change(...more);
    assert.equal(doc.text(), "A\nx\nb\nD\n");
    assert.equal(doc.review.hunks.length, 4);
    doc.change(...doc.review.reject());
    assert.equal(doc.text(), before);
  });

  it("knows the origin of each proposal, and undoes that one alone", () => {
    const doc = editor(before);
    propose(doc);
    const more = [{ offset: 6, length: 1, text: "D" }];
    doc.review.propose(more, { ...ASKED, instruction: "louder" }, { start: 6, end: 7 });
    doc.change(...more);
    const asked = doc.review.hunks.map(({ proposal }) => doc.review.proposal(proposal)?.instruction);
    assert.deepEqual(asked, ["shorter", "shorter", "shorter", "louder"]);
    const { proposal } = doc.review.hunks.at(-1)!;
    doc.change(...doc.review.reject((hunk) => hunk.proposal === proposal));
    assert.equal(doc.text(), after);
    const { start, end } = doc.review.proposal(proposal)!;
    assert.equal(after.slice(start, end), "d");
  });

  it("resumes from its saved state", () => {
    const doc = editor(before);
    propose(doc);
    const review = Review.restored(JSON.parse(JSON.stringify(doc.review.saved())));
    assert.deepEqual(review.hunks, doc.review.hunks);
    assert.equal(review.original, before);
    assert.equal(review.proposal(review.hunks[0]!.proposal)?.instruction, "shorter");
    review.reopened(`top\n${after}`);
    assert.equal(review.original, `top\n${before}`);
  });

  it("is over when the text is the original again", () => {
    const doc = editor(before);
    propose(doc);
    doc.review.reopened(before);
    assert.deepEqual(doc.review.hunks, []);
  });

  it("follows a formatter's changes of a proposal", () => {
    const doc = editor(before);
    propose(doc);
    doc.review.changed("A;\nx;\nb;\nd;\n", [{ offset: 0, length: after.length, text: "A;\nx;\nb;\nd;\n" }], false);
    assert.equal(doc.review.original, before);
  });
});
