/** Whatever the agent calls, it reports every changed file, and undoing a run restores every byte. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { AllowedCommands } from "../../../server/agent/workspace/approvals.ts";
import { agentFolder, undoLastRun } from "../../../server/agent/workspace/journal.ts";
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

describe("the agent's journal", () => {
  const data = ownData();
  before(data.before);
  after(data.after);

  const FILES = {
    "a.ts": "one\r\ntwo\r\n}\r\n",
    "b.ts": "\ufeffone\n}\n}",
    "c.txt": Uint8Array.of(0xe9, 10, 0x74, 10),
  };

  it("undoes any sequence of calls, valid or not, byte for byte", async () => {
    const name = fc.constantFrom("a.ts", "b.ts", "c.txt", "new.ts", "deep/er/new.ts", "../x", "a.ts/x", "");
    const text = fc.constantFrom("", "x", "}\n", "f(\n", "one\ntwo\n", "// ... existing code ...");
    const anchor = fc.constantFrom("1| one", "2| two", "2| }", "3| }", "1| é", "9| x", "one");
    const call = fc.oneof(
      fc.record({ name: fc.constant("read"), args: fc.record({ path: name }) }),
      fc.record({ name: fc.constant("create"), args: fc.record({ path: name, text }) }),
      fc.record({ name: fc.constant("edit"), args: fc.record({ path: name, from: anchor, to: anchor, text }) }),
    );
    const calls = fc.array(call, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(calls, async (calls) => {
        const { root, call, progress } = await projectOf(FILES);
        const before = snapshot(root);
        for (const { name, args } of [{ name: "read", args: { path: "a.ts" } }, ...calls]) await call(name, args);
        const changed = snapshot(root);
        const reported = new Set(progress.flatMap((event) => (event.type === "edit" ? [event.path] : [])));
        for (const [file, bytes] of Object.entries(changed))
          if (bytes !== "folder" && bytes !== before[file])
            assert.ok(reported.has(file), `${file} was changed silently`);
        const undone = await undoLastRun(root);
        assert.deepEqual(undone?.kept ?? [], []);
        assert.deepEqual(snapshot(root), before);
        assert.equal(await undoLastRun(root), undefined);
      }),
      { numRuns: 60 },
    );
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
});
