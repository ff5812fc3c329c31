import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { entryById } from "../../../server/models/catalogue.ts";
import { defaultModelsFolder, diskSpace, readModelsFolder } from "../../../server/models/folder.ts";

describe("the models folder", () => {
  it("is in the data folder of each platform", () => {
    const folder = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string) =>
      defaultModelsFolder(platform, env, home);
    assert.equal(folder("linux", {}, "/home/me"), "/home/me/.local/share/nemotron-local/models");
    assert.equal(folder("linux", { XDG_DATA_HOME: "/data" }, "/home/me"), "/data/nemotron-local/models");
    assert.equal(folder("linux", { XDG_DATA_HOME: "data" }, "/home/me"), "/home/me/.local/share/nemotron-local/models");
    assert.equal(
      folder("darwin", { XDG_DATA_HOME: "/data" }, "/Users/me"),
      "/Users/me/Library/Application Support/nemotron-local/models",
    );
    const windows = String.raw`C:\Users\me`;
    const expected = String.raw`C:\Users\me\AppData\Local\nemotron-local\models`;
    assert.equal(folder("win32", { LOCALAPPDATA: String.raw`C:\Users\me\AppData\Local` }, windows), expected);
    assert.equal(folder("win32", {}, windows), expected);
  });

  describe("its content", () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), "models-folder-"));
    });
    after(() => rm(folder, { recursive: true }));
    const whole = entryById("nemotron-3-nano-4b-q4_k_m")!;
    const estimated = entryById("nemotron-3-nano-4b-q8_0")!;
    const sparse = async (name: string, bytes: number) => {
      await writeFile(path.join(folder, name), "");
      await truncate(path.join(folder, name), bytes);
    };

    it("is nothing when there is no folder, and the disk is that of its parent", async () => {
      const missing = path.join(folder, "not", "here");
      const { usedBytes, path: at } = await readModelsFolder(missing);
      assert.deepEqual([usedBytes, at(whole)], [0, undefined]);
      assert.equal((await diskSpace(missing)).total, (await diskSpace(folder)).total);
      assert.ok((await diskSpace(missing)).free > 0);
    });

    it("cannot be read when the folder is a file", async () => {
      const file = path.join(folder, "file");
      await writeFile(file, "");
      await assert.rejects(readModelsFolder(file), /ENOTDIR/);
      await rm(file);
    });

    it("counts complete, unfinished and other files; a file of another size is another file", async () => {
      await sparse(whole.file, whole.bytes - 1);
      await sparse(`${estimated.file}.part`, 1000);
      await writeFile(path.join(folder, "own.gguf"), "12345");
      await mkdir(path.join(folder, `${estimated.file}`));
      let here = await readModelsFolder(folder);
      assert.equal(here.path(whole), undefined);
      assert.equal(here.path(estimated), undefined, "a folder is no model");
      assert.equal(here.partialBytes(estimated), 1000);
      assert.equal(here.usedBytes, whole.bytes - 1 + 1000 + 5);

      await truncate(path.join(folder, whole.file), whole.bytes);
      await rm(path.join(folder, estimated.file), { recursive: true });
      await sparse(estimated.file, estimated.bytes + 12_345);
      here = await readModelsFolder(folder);
      assert.equal(here.path(whole), path.join(folder, whole.file));
      assert.equal(here.path(estimated), path.join(folder, estimated.file), "the catalogue only estimates its size");
      assert.equal(here.partialBytes(whole), undefined);
    });
  });
});
