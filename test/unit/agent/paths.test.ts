/** Which files the agent's tools reach, and which of them ask first. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { symlink } from "node:fs/promises";
import path from "node:path";
import { IgnoreRules } from "../../../server/agent/workspace/ignoring.ts";
import { isForbidden, protectionByName } from "../../../server/agent/workspace/protection.ts";
import { signal } from "../features/support.ts";
import { ownData, projectOf } from "./support.ts";

describe("the files that tools reach", () => {
  const data = ownData();
  before(data.before);
  after(data.after);

  it("are protected by their names, however these are written", () => {
    const secret = [".env", ".ENV", "a/.Env.local", "server.pem", "deep/ID_RSA", ".ssh/config", ".aws/x", ".npmrc"];
    const windows = [".env.", ".env ", ".env::$DATA", ".ssh./config", "a/.npmrc. ."];
    for (const name of [...secret, ...windows, ".envrc", "secrets.yml", "credentials"])
      assert.equal(protectionByName(name), "secret", name);
    for (const name of [
      ".vscode/tasks.json",
      ".VSCode/x",
      "sub/.github/workflows/a.yml",
      "a.code-workspace",
      ".mcp.json",
    ])
      assert.equal(protectionByName(name), "configuration", name);
    for (const name of [".env.example", "id_rsa.pub", "environment.ts", "src/keys.ts", "a..b", "package.json"])
      assert.equal(protectionByName(name), undefined, name);
    for (const name of [".git/config", ".GIT/hooks/x", "sub/.git/x", ".git./x", ".git /x", ".git::$INDEX_ALLOCATION/x"])
      assert.ok(isForbidden(name), name);
    for (const name of [".gitignore", ".github/x", "a.git"]) assert.ok(!isForbidden(name), name);
  });

  it("are inside the folder, whatever a name looks like", async () => {
    const outside = await projectOf({ "secret.txt": "top" });
    const { root, workspace, call } = await projectOf({ "a.ts": "x", "sub/b.ts": "y" });
    await symlink(outside.root, path.join(root, "link"));
    await symlink("link", path.join(root, "linked"));
    await symlink(path.join(root, "sub"), path.join(root, "inside"));
    for (const name of [
      ...["..", "../", "sub/../../x", `${outside.root}/secret.txt`, "link/secret.txt", "linked/secret.txt", "link/new"],
      ...["\\\\server\\share\\x", "//server/share/x", "..\\x", "sub\\..\\..\\x", "file:///etc/passwd", "/"],
    ])
      await assert.rejects(workspace.resolve(name), /outside the workspace/, name);
    for (const name of ["a\0b", "a\nb", "a\x1b[2Jb", "x".repeat(5000)])
      await assert.rejects(workspace.resolve(name), /not the name/, JSON.stringify(name.slice(0, 9)));
    // Of the folder: a drive of Windows, escapes of a URI, and the user's home are plain names.
    for (const name of ["C:\\Windows\\x", "%2e%2e/x", "~/x", "..."])
      assert.equal((await workspace.resolve(name)).kind, "nothing", name);
    for (const name of ["a.ts", "./a.ts", ".\\a.ts", "sub/../a.ts", `${root}/a.ts`, `file://${root}/a.ts`, " a.ts "])
      assert.equal((await workspace.resolve(name)).path, "a.ts", name);
    assert.equal((await workspace.resolve("inside/b.ts")).file, path.join(root, "sub/b.ts"));
    assert.match(await call("create", { path: "a.ts/x.ts", text: "" }), /a\.ts is a file, not a folder/);
  });

  it("do not lead to protected ones by another name", async () => {
    const { root, call, asked } = await projectOf({ ".env": "KEY=1", "conf/.env": "KEY=2" }, () => ({ answer: "no" }));
    await symlink(".env", path.join(root, "plain.txt"));
    await symlink("conf", path.join(root, "also"));
    for (const name of ["plain.txt", "also/.env", "./conf\\.env"])
      assert.match(await call("read", { path: name }), /does not allow/, name);
    assert.equal(asked.length, 2, "links to one file are asked about once");
  });

  it("are not searched under a name that means another file to tools", async function () {
    if (process.platform === "win32") this.skip();
    const { call } = await projectOf({ "conf/.env": "KEY=2", "conf\\.env": "bait", "x.env.txt": "KEY=3" });
    assert.match(await call("search", { query: "KEY" }), /^File: x\.env\.txt\n1\| KEY=3$/);
  });

  it("are not those that ignore files name, which follow git's rules", async () => {
    const { root, call, write } = await projectOf({ "a/keep.ts": "hit", "a/out/x.ts": "hit", "b.log": "hit" });
    await write(".gitignore", "out/\n*.log\n");
    await write("a/.gitignore", "!out/\n");
    await write(".git/info/exclude", "hidden.ts\n");
    await write("hidden.ts", "hit");
    const found = [...(await call("search", { query: "hit" })).matchAll(/^File: (.+)$/gm)]
      .map(([, name]) => name)
      .sort();
    assert.deepEqual(found, ["a/keep.ts", "a/out/x.ts"]);
    assert.ok(existsSync(path.join(root, "hidden.ts")));
  });

  it("are found in a folder that the repository around it ignores", async () => {
    const outer = await projectOf({
      ".gitignore": "*\n",
      ".git/HEAD": "",
      "work/a.ts": "hit",
      "work/.gitignore": "b.ts\n",
    });
    await outer.write("work/b.ts", "hit");
    const rules = new IgnoreRules();
    const work = path.join(outer.root, "work");
    assert.deepEqual(await rules.files(work, work, signal), [".gitignore", "a.ts"]);
    assert.ok(await rules.isIgnoredAround(work));
    assert.ok(!(await rules.isIgnoredAround(outer.root)));
  });

  it("are listed without waiting for an ignore file that never ends", async function () {
    if (process.platform === "win32") this.skip();
    const { root, call } = await projectOf({ "a.ts": "hit", "sub/b.ts": "hit" });
    await symlink("/dev/zero", path.join(root, ".gitignore"));
    execFileSync("mkfifo", [path.join(root, "sub/.gitignore"), path.join(root, "package.json")]);
    assert.match(await call("search", { query: "hit" }), /File: a\.ts[\s\S]*File: sub\/b\.ts/);
    assert.match(await call("read", { path: "package.json" }), /cannot be read/);
  });
});
