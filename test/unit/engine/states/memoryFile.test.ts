import assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { writeToMemory } from "../../../../server/engine/states/memoryFile.ts";

const KIB = 1024;

describe("a file in memory", () => {
  before(function () {
    if (process.platform !== "linux") this.skip();
  });

  const write = (text: string, claimed: number) =>
    writeToMemory(KIB, async (file) => {
      await writeFile(file, text);
      return claimed;
    });

  it("can be read as often as needed, has no name, and is gone when it is freed", async () => {
    const file = (await write("A state", 7))!;
    assert.equal(file.bytes, 7);
    for (let i = 0; i < 2; i++) assert.equal(await readFile(file.path, "utf8"), "A state");
    assert.match(readlinkSync(file.path), /^\/dev\/shm\/nemotron-.* \(deleted\)$/);
    file.free();
    assert.throws(() => readlinkSync(file.path), { code: "ENOENT" });
  });

  it("is not used when a part of it is missing, when writing fails, or when there is too little room", async () => {
    assert.equal(await write("A st", 7), undefined);
    const failing = writeToMemory(KIB, () => Promise.reject(new Error("No room")));
    assert.equal(await failing, undefined);
    const large = writeToMemory(Number.MAX_SAFE_INTEGER, () => assert.fail("It was written."));
    assert.equal(await large, undefined);
  });
});
