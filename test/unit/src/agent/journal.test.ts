/** What the window keeps to take an agent's changes back. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type FileChange, Journals } from "../../../../src/agent/journal.ts";

const change = (uri: string, before: string, after: string, step = "r1"): FileChange => {
  return { uri, step, before, after, created: false, folders: [] };
};
const bytes = (text: string) => new TextEncoder().encode(text);

describe("the journal of the agent's changes", () => {
  let folder: string;
  let begun: string[];
  let journals: Journals;
  const diskOf = async (turn: string, uri: string) => {
    const disk = await journals.disk(turn, uri);
    return disk && new TextDecoder().decode(disk);
  };
  const texts = async (turn: string) =>
    (await journals.changes(turn)).map(({ uri, before, after }) => `${uri}: ${before} > ${after}`);

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), "nemotron-journals-")), "agent");
    begun = [];
    journals = new Journals(folder, (turn, uri) => begun.push(`${turn} ${uri}`));
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

  it("keeps the bytes of before a turn's first change of a file, and says when that is made", async () => {
    await journals.record("t", change("a", "1", "2"), bytes("1"));
    await journals.record("t", change("a", "2", "3"), bytes("2"));
    assert.equal(await diskOf("t", "a"), "1");
    assert.deepEqual(await texts("t"), ["a: 1 > 2", "a: 2 > 3"]);
    assert.deepEqual(begun, ["t a"]);
  });

  it("does not keep the bytes of a change that was taken back, or was not made", async () => {
    const undone: ((turn: string) => Promise<void>)[] = [
      (turn) => journals.forget(turn),
      (turn) => journals.forget(turn, ({ step }) => step !== "r1"),
      (turn) => journals.dropLast(turn),
    ];
    for (const [turn, undo] of Object.entries(undone)) {
      await journals.record(turn, change("a", "1", "2"), bytes("1"));
      await undo(turn);
      // The user has typed, and has not saved.
      await journals.record(turn, change("a", "mine 1", "mine 2", "r2"));
      assert.equal(await diskOf(turn, "a"), undefined, `way ${turn}`);
      assert.deepEqual(begun.splice(0), [`${turn} a`, `${turn} a`]);
    }
  });

  it("has no change that could not be written", async () => {
    writeFileSync(folder, "in the way");
    await assert.rejects(journals.record("t", change("a", "1", "2"), bytes("1")));
    rmSync(folder);
    assert.deepEqual(await texts("t"), []);
    await journals.record("t", change("b", "1", "2"), bytes("1"));
    assert.deepEqual(await texts("t"), ["b: 1 > 2"]);
    assert.deepEqual(begun, ["t b"]);
  });

  it("loses nothing when several turns are used at once, also in the next window", async () => {
    const turns = ["t", "u", "v"];
    const uris = ["a", "b", "c"];
    const recorded = uris.flatMap((uri) => turns.map((turn) => journals.record(turn, change(uri, turn, uri))));
    await Promise.all([...recorded, journals.renamed((uri) => (uri === "b" ? "d" : undefined)), journals.delete("v")]);
    await journals.renamed((uri) => (uri === "b" ? "d" : undefined));
    journals = new Journals(folder, () => {});
    for (const turn of ["t", "u"])
      assert.deepEqual(await texts(turn), [`a: ${turn} > a`, `d: ${turn} > b`, `c: ${turn} > c`]);
    assert.deepEqual(await texts("v"), []);
    assert.deepEqual(readdirSync(folder).sort(), ["t.json", "u.json"]);
  });
});
