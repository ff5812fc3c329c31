import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadTimes, saveTimes } from "../../../../server/engine/process/readingTimes.ts";

describe("reading times", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "times-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are kept by model and backend", () => {
    saveTimes(folder, "nano-cpu-2", { 8: 248, 64: 176 });
    saveTimes(folder, "nano-cuda-4", { 8: 2 });
    assert.deepEqual(loadTimes(folder, "nano-cpu-2"), { 8: 248, 64: 176 });
    assert.deepEqual(loadTimes(folder, "nano-cuda-4"), { 8: 2 });
    assert.deepEqual(loadTimes(folder, "another"), {});
  });

  it("are kept for the latest 32 models", () => {
    for (let i = 0; i < 40; i++) saveTimes(folder, `model ${i}`, { 8: i + 1 });
    assert.deepEqual(loadTimes(folder, "model 7"), {});
    assert.deepEqual(loadTimes(folder, "model 8"), { 8: 9 });
  });

  for (const text of ["", "{", '{"nano": {"8": "soon"}}', '{"nano": {"8": -1}}', "[]"])
    it(`are measured again when the file contains ${JSON.stringify(text)}`, () => {
      writeFileSync(path.join(folder, "reading-times.json"), text);
      assert.deepEqual(loadTimes(folder, "nano"), {});
      saveTimes(folder, "nano", { 8: 1 });
      assert.deepEqual(loadTimes(folder, "nano"), { 8: 1 });
    });

  it("are not kept when the folder does not exist", () => {
    const none = path.join(folder, "none");
    saveTimes(none, "nano", { 8: 1 });
    assert.deepEqual(loadTimes(none, "nano"), {});
  });
});
