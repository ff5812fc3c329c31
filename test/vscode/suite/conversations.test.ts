/** Conversations on disk, in VS Code's own file system. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Uri } from "vscode";
import { ConversationStore } from "../../../src/chat/store.ts";

describe("the conversations on disk", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "nemotron-conversations-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("are saved after one of them could not be deleted", async () => {
    const failures: string[] = [];
    const store = new ConversationStore(Uri.file(folder), (reason) => failures.push(reason));
    // A folder that is not empty is not deleted as a file.
    await mkdir(path.join(folder, "stuck.json", "inner"), { recursive: true });
    await assert.rejects(store.delete("stuck"));
    store.save({ version: 1, id: "saved", title: "Saved", created: 1, updated: 1, turns: [] });
    await store.flush();
    assert.deepEqual([(await store.list()).map(({ id }) => id), failures], [["saved"], []]);
  });
});
