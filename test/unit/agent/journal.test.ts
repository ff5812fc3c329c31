/** Whatever the agent calls, it reports every changed file, and undoing a run restores every byte. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { appendFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { AllowedCommands } from "../../../server/agent/workspace/approvals.ts";
import { agentFolder, Journal, undoLastRun } from "../../../server/agent/workspace/journal.ts";
import { signal } from "../features/support.ts";
import { ownData, projectOf } from "./support.ts";

/** All files and folders below, with their bytes. */
function snapshot(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const file = path.join(root, name);
      return [name, statSync(file).isFile() ? readFileSync(file).toString("base64") : "folder"];
    }),
  );
}

/** The files in the journal of the only run, with the hash of what each holds after it. */
function accountOf(root: string): Map<string, string> {
  const runs = path.join(agentFolder(root), "runs");
  if (!existsSync(runs)) return new Map();
  const lines = readFileSync(path.join(runs, readdirSync(runs)[0]!, "journal.jsonl"), "utf8")
    .trim()
    .split("\n");
  return new Map(lines.map((line) => JSON.parse(line)).map(({ file, after }) => [file, after]));
}

describe("the agent's journal", () => {
  const data = ownData();
  before(data.before);
  after(data.after);

  const FILES = {
    "a.ts": "one\r\ntwo\r\n}\r\n",
    "b.ts": "\ufeffone\n}\n}",
    "c.txt": Uint8Array.of(0xe9, 10, 0x74, 10),
    "sub/d.ts": "one\r\ntwo\n}\r",
  };

  const name = fc.constantFrom("a.ts", "b.ts", "c.txt", "new.ts", "deep/er/new.ts", "../x", "a.ts/x", "", "sub/d.ts");
  const text = fc.constantFrom("", "x", "}\n", "f(\n", "one\ntwo\n", "// ... existing code ...");
  const anchor = fc.constantFrom("1| one", "2| two", "2| }", "3| }", "1| é", "9| x", "one");
  const toolCall = fc.oneof(
    fc.record({ name: fc.constant("read"), args: fc.record({ path: name }) }),
    fc.record({ name: fc.constant("search"), args: fc.record({ query: text, path: name }) }),
    fc.record({ name: fc.constant("create"), args: fc.record({ path: name, text }) }),
    fc.record({ name: fc.constant("edit"), args: fc.record({ path: name, from: anchor, to: anchor, text }) }),
  );
  /** At first, all files are read, so that edits are possible. */
  const calls = fc
    .array(toolCall, { maxLength: 12 })
    .map((calls) => [...Object.keys(FILES).map((path) => ({ name: "read", args: { path } })), ...calls]);
  const run = async (calls: readonly { name: string; args: object }[]) => {
    const project = await projectOf(FILES);
    const before = snapshot(project.root);
    for (const { name, args } of calls) await project.call(name, args as Record<string, unknown>);
    return { ...project, before, changed: snapshot(project.root) };
  };

  it("undoes any sequence of calls, valid or not, byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (calls) => {
        const { root, progress, before, changed } = await run(calls);
        const differing = Object.keys(changed).filter((name) => changed[name] !== before[name]);
        const files = differing.filter((name) => changed[name] !== "folder");
        const reported = new Set(progress.flatMap((event) => (event.type === "edit" ? [event.path] : [])));
        // The journal's last entry of each file is what the file holds, and there is no other file.
        const account = accountOf(root);
        for (const [file, hash] of account)
          assert.equal(createHash("sha256").update(readFileSync(file)).digest("hex"), hash, file);
        for (const name of files) assert.ok(reported.has(name) && account.has(path.join(root, name)), name);
        const undone = await undoLastRun(root);
        assert.deepEqual(undone?.kept ?? [], []);
        assert.deepEqual((undone?.restored ?? []).map((file) => path.relative(root, file)).sort(), files.sort());
        assert.deepEqual(snapshot(root), before);
        assert.equal(await undoLastRun(root), undefined);
      }),
      { numRuns: 60 },
    );
  });

  it("leaves files that have changed since, and names them, whatever was called", async () => {
    await fc.assert(
      fc.asyncProperty(calls, fc.infiniteStream(fc.boolean()), async (calls, coins) => {
        const { root, before } = await run(calls);
        const files = [...accountOf(root).keys()];
        const mine = files.filter(() => coins.next().value);
        for (const file of mine) await appendFile(file, "mine");
        const later = snapshot(root);
        const undone = await undoLastRun(root);
        assert.deepEqual([...(undone?.kept ?? [])].sort(), mine.sort());
        const after = snapshot(root);
        for (const file of files) {
          const name = path.relative(root, file);
          assert.equal(after[name], mine.includes(file) ? later[name] : before[name], name);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("restores a file that a killed run has written in part", async () => {
    const [before, after] = [Buffer.from("old bytes\n"), Buffer.from("new bytes, more of them\n")];
    for (const length of [0, 1, after.length - 1]) {
      const { root, text } = await projectOf({ "a.ts": before });
      const file = path.join(root, "a.ts");
      await new Journal(root).record(file, before, after);
      await writeFile(file, after.subarray(0, length));
      assert.deepEqual(await undoLastRun(root), { restored: [file], kept: [] });
      assert.equal(await text("a.ts"), before.toString());
    }
    // Killed before the file was touched, and before the journal had an entry.
    const { root, call, text } = await projectOf({ "a.ts": before });
    await call("create", { path: "b.ts", text: "x" });
    await new Journal(root).record(path.join(root, "a.ts"), before, after);
    assert.deepEqual(await undoLastRun(root), { restored: [], kept: [] });
    assert.equal(await text("a.ts"), before.toString());
    const empty = new Journal(root);
    await empty.record(path.join(root, "a.ts"), before, after);
    const newest = readdirSync(path.join(agentFolder(root), "runs"))
      .sort()
      .at(-1)!;
    await rm(path.join(agentFolder(root), "runs", newest, "journal.jsonl"));
    assert.deepEqual(await undoLastRun(root), { restored: [path.join(root, "b.ts")], kept: [] });
  });

  it("does not write through a link that has taken a file's place", async () => {
    const outside = await projectOf({ "a.ts": "new\n" });
    const { root } = await projectOf({ "sub/a.ts": "old\n" });
    const file = path.join(root, "sub/a.ts");
    await new Journal(root).record(file, Buffer.from("old\n"), Buffer.from("new\n"));
    await rename(path.join(root, "sub"), path.join(root, "aside"));
    await symlink(outside.root, path.join(root, "sub"));
    assert.deepEqual(await undoLastRun(root), { restored: [], kept: [file] });
    assert.equal(await outside.text("a.ts"), "new\n");
  });

  it("leaves files that somebody else has changed since", async () => {
    const { root, call, text } = await projectOf(FILES);
    await call("create", { path: "new.ts", text: "x" });
    await call("create", { path: "other.ts", text: "y" });
    await writeFile(path.join(root, "new.ts"), "mine");
    const undone = await undoLastRun(root);
    assert.deepEqual(undone, { restored: [path.join(root, "other.ts")], kept: [path.join(root, "new.ts")] });
    assert.equal(await text("new.ts"), "mine");
    assert.ok(!existsSync(path.join(root, "other.ts")));
  });

  it("is outside the project", async () => {
    const { root } = await projectOf({});
    assert.ok(path.relative(root, agentFolder(root)).startsWith(".."));
  });
});

describe("allowed commands", () => {
  const data = ownData();
  before(data.before);
  after(data.after);

  it("are exactly the lines that were allowed", async () => {
    const { root } = await projectOf({});
    const line = "npm test";
    await new AllowedCommands(root).add(line);
    const allowed = new AllowedCommands(root, ["make"]);
    assert.ok(await allowed.has(line));
    assert.ok(await allowed.has("make"));
    const others = [
      "npm test; rm -rf /",
      "npm test && x",
      "npm test $(x)",
      "npm test\nx",
      "npm  test",
      "npm test ",
      '"npm test"',
      "npm",
      "",
    ];
    for (const other of others) assert.equal(await allowed.has(other), false, JSON.stringify(other));
    const odd = "echo 'a; b' && $(c)\n\"d\"";
    await allowed.add(odd);
    assert.ok(await new AllowedCommands(root).has(odd));
    assert.equal(await new AllowedCommands(root).has(odd.replaceAll("'", '"')), false);
    const { root: elsewhere } = await projectOf({});
    assert.equal(await new AllowedCommands(elsewhere).has(line), false);
  });

  it("never include another line: always is for exactly one", async () => {
    const part = fc.constantFrom(
      "npm test",
      " ",
      "  ",
      ";",
      "&&",
      "|",
      "$(id)",
      "`id`",
      "\n",
      "\r",
      '"',
      "'",
      "\\",
      "#",
      "é",
    );
    const line = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(line, line, async (always, other) => {
        const { workspace, asked } = await projectOf({}, () => ({ answer: asked.length === 1 ? "always" : "no" }));
        const approve = (command: string) =>
          workspace.approve({ type: "command", command, folder: "", check: false }, signal);
        await approve(always);
        assert.equal((await approve(always)).answer, "yes");
        assert.equal((await approve(other)).answer, always === other ? "yes" : "no");
        assert.equal(asked.length, always === other ? 1 : 2);
      }),
      { numRuns: 60 },
    );
  });

  it("need a yes: no other answer is one", async () => {
    for (const answer of ["no", "maybe", "", undefined, null, true]) {
      const { call, text } = await projectOf({ ".env": "KEY=1" }, () => ({ answer }) as never);
      assert.match(await call("run", { command: "touch made" }), /does not allow/, String(answer));
      assert.match(await call("read", { path: ".env" }), /does not allow/, String(answer));
      await assert.rejects(text("made"));
    }
  });
});
