/** ripgrep finds the files to read. Without it, or when it fails, all files are read, with the same result. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { filesWithMatch, findRipgrep } from "../../../server/agent/workspace/ripgrep.ts";
import { signal } from "../features/support.ts";
import { projectOf } from "./support.ts";

const FILES = {
  "a.ts": "needle",
  "sub/b.ts": "needle\nNeedle",
  "node_modules/x.js": "needle",
  ".env": "needle",
  "x.log": "needle",
  ".gitignore": "*.log\n",
  ".github/w.yml": "needle",
};

describe("ripgrep", () => {
  const saved = process.env.PATH;
  afterEach(() => {
    process.env.PATH = saved;
  });

  /** Puts a program named rg on the PATH, which records its arguments. Returns its folder. */
  function program(script: string): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-rg-"));
    const file = path.join(folder, "rg");
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/args\n${script}\n`);
    chmodSync(file, 0o755);
    process.env.PATH = `${folder}${path.delimiter}/usr/bin${path.delimiter}/bin`;
    return folder;
  }

  it("is asked for files with a match, and gets the query as data", async () => {
    const folder = program("printf './sub/b.ts\\0./a.ts\\0'");
    const rg = await findRipgrep();
    assert.equal(rg, path.join(folder, "rg"));
    assert.deepEqual(await filesWithMatch(rg!, folder, { text: "--pre=x" }, false, signal), ["a.ts", "sub/b.ts"]);
    const args = readFileSync(path.join(folder, "args"), "utf8").trim().split("\n");
    assert.deepEqual(args.slice(-5), ["--fixed-strings", "--regexp", "--pre=x", "--", "."]);
    assert.ok(args.includes("--no-config"));
  });

  it("leads to no ignored or secret file, whatever it prints", async () => {
    const { root, call } = await projectOf(FILES);
    program(`cd ${root}; find . -type f -print0`);
    const found = await call("search", { query: "needle" });
    const files = [...found.matchAll(/^File: (.+)$/gm)].map(([, name]) => name).sort();
    assert.deepEqual(files, [".github/w.yml", "a.ts", "sub/b.ts"]);
  });

  it("is optional: the result is the same when it fails or is missing", async () => {
    const { root, call } = await projectOf(FILES);
    program(`cd ${root}; find . -type f -print0`);
    const given = await call("search", { query: "/needle/i" });
    program("exit 2");
    assert.equal(await (await projectOf(FILES)).call("search", { query: "/needle/i" }), given);
    process.env.PATH = "";
    assert.equal(await findRipgrep(), undefined);
    assert.equal(await (await projectOf(FILES)).call("search", { query: "/needle/i" }), given);
    program("exit 1");
    assert.match(await (await projectOf(FILES)).call("search", { query: "needle" }), /Nothing was found/);
  });
});
