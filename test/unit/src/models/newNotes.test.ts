import assert from "node:assert/strict";
import type { ModelInfo } from "../../../../server/protocol.ts";
import type { ServerStatus } from "../../../../src/errors/serverError.ts";
import { newNotes } from "../../../../src/models/newNotes.ts";

const loaded = (notes: string[], path = "a.gguf"): ServerStatus => ({
  type: "ready",
  model: { path, notes } as ModelInfo,
});

describe("notes about the loaded model", () => {
  it("are new when they come after its load, and only once", () => {
    assert.deepEqual(newNotes(loaded(["old"]), loaded(["old", "new"])), ["new"]);
    assert.deepEqual(newNotes(loaded(["old", "new"]), loaded(["old", "new"])), []);
  });

  it("are not new when they come with a load", () => {
    assert.deepEqual(newNotes({ type: "noModel" }, loaded(["old"])), []);
    assert.deepEqual(newNotes(loaded([]), loaded(["old"], "b.gguf")), []);
  });
});
