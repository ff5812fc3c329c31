/** SECURITY.md names the tests that hold each defence. They must exist. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const text = readFileSync("SECURITY.md", "utf8");
/** A test file, followed by titles or their beginnings, until the next file. */
const CITED = /`(test\/[\w./]+\.test\.ts)`:((?:\s*"[^"]+",?)+)/g;
const cited = [...text.matchAll(CITED)].map(([, file, titles]) => ({
  file: file!,
  titles: [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => title!.replace(/\s+/g, " ")),
}));

describe("SECURITY.md", () => {
  it("cites tests that exist", () => {
    assert.ok(cited.length > 30, String(cited.length));
    for (const { file, titles } of cited) {
      assert.ok(existsSync(file), file);
      const tests = readFileSync(file, "utf8");
      for (const title of titles)
        assert.ok(new RegExp(`\\bit\\(\\s*["\`]${escaped(title)}`).test(tests), `${file}: ${title}`);
    }
  });

  it("names a test after every defence, or says why there is none", () => {
    const untested = /Not tested here/;
    const [, defences = ""] = /## Threats and defences\n([\s\S]*?)\n## What is not/.exec(text) ?? [];
    const items = defences.split(/\n(?=- )/).filter((item) => item.startsWith("- "));
    assert.ok(items.length > 20);
    for (const item of items) assert.ok(/`test\//.test(item) || untested.test(item), item);
  });

  it("names files that exist", () => {
    const named = [...text.matchAll(/\(((?:`[\w./]+`,? ?)+)\)/g)].map(([, list]) => list!.match(/[\w./]+/g) ?? []);
    assert.ok(named.length > 15);
    for (const files of named) {
      let folder = ".";
      for (const file of files) {
        if (file.includes("/")) folder = path.dirname(file.replace(/\/$/, "/x"));
        assert.ok(existsSync(file) || existsSync(path.join(folder, file)), file);
      }
    }
  });

  it("is linked from README and CONTRIBUTING", () => {
    for (const file of ["README.md", "CONTRIBUTING.md"]) assert.match(readFileSync(file, "utf8"), /\]\(SECURITY\.md\)/);
  });
});

const escaped = (title: string) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
