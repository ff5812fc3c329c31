import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { makeFolder } from "../../../server/files/makeFolder.ts";

describe("creating a missing folder", () => {
  const root = mkdtempSync(path.join(os.tmpdir(), "make-folder-"));
  after(() => rmSync(root, { recursive: true }));
  const isFolder = (folder: string) => statSync(folder).isDirectory();

  it("creates its parents, also when several processes do it at once", async () => {
    const folder = path.join(root, "a", "b", "c");
    await Promise.all([makeFolder(folder, 0o700), makeFolder(folder, 0o700), makeFolder(path.join(folder, "d"))]);
    assert.ok(isFolder(path.join(folder, "d")));
    if (process.platform !== "win32") assert.equal(statSync(path.join(root, "a")).mode & 0o777, 0o700);
    await makeFolder(folder);
    await makeFolder("/");
  });

  it("fails at once where a folder is impossible", async () => {
    const file = path.join(root, "file");
    writeFileSync(file, "");
    const loop = path.join(root, "loop");
    symlinkSync(loop, loop);
    const places = [
      file,
      path.join(file, "x"),
      path.join(loop, "x", "y"),
      path.join(root, "x".repeat(300), "y"),
      "a\0b",
    ];
    if (process.platform === "linux") places.push("/proc/x", "/proc/x/y", "/proc/1/x", "/sys/x/y", "/dev/null/x");
    for (const place of places)
      await assert.rejects(makeFolder(place), ({ code }: NodeJS.ErrnoException) => /^E/.test(`${code}`), place);
  });
});
