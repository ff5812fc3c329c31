import assert from "node:assert/strict";
import { type FileEntry, FileIndex } from "../../../../src/context/fileIndex.ts";

const entry = (path: string): FileEntry => {
  const slash = path.lastIndexOf("/");
  return { uri: `file:///w/${path}`, path, name: path.slice(slash + 1), folder: path.slice(0, Math.max(0, slash)) };
};
const NONE = new Set<string>();

describe("the index of files", () => {
  const found = (index: FileIndex, query: string, open = NONE) =>
    index.search(query, open).map(({ folder, name }) => (folder ? `${folder}/${name}` : name));

  it("finds any of a hundred thousand, by name before path", () => {
    const index = new FileIndex();
    index.add(Array.from({ length: 100_000 }, (_, at) => entry(`packages/p${at % 300}/src/module${at}.ts`)));
    index.add([entry("zz/last/cart.ts"), entry("cart/readme.md")]);
    assert.deepEqual(found(index, "cart").slice(0, 2), ["zz/last/cart.ts", "cart/readme.md"]);
    assert.equal(found(index, "module99999.ts")[0], "packages/p99/src/module99999.ts");
  });

  it("follows files and whole folders that are added and removed", () => {
    const index = new FileIndex();
    index.add(["a/b/one.ts", "a/bc/one.ts", "one.ts"].map(entry));
    index.remove(["file:///w/a/b"]);
    assert.deepEqual(found(index, "one"), ["one.ts", "a/bc/one.ts"]);
    index.add([entry("new/one.ts"), entry("one.ts")]);
    assert.deepEqual(found(index, "one").sort(), ["a/bc/one.ts", "new/one.ts", "one.ts"]);
    index.remove(["file:///w/one.ts", "file:///w/nothing"]);
    assert.deepEqual(found(index, "one").sort(), ["a/bc/one.ts", "new/one.ts"]);
  });

  it("lists open files first for an empty query", () => {
    const index = new FileIndex();
    index.add(["a.ts", "b.ts", "c.ts"].map(entry));
    assert.deepEqual(found(index, " ", new Set(["file:///w/c.ts"])), ["c.ts", "a.ts", "b.ts"]);
  });
});
