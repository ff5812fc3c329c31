/** The agent's tools, on files of a folder. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { symlink } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { numberLine } from "../../../server/agent/tools/numbered.ts";
import { headAndTail, MAX_OBSERVATION_TOKENS } from "../../../server/agent/tools/observation.ts";
import { countTokens } from "../features/support.ts";
import { ownData, projectOf } from "./support.ts";

const CART = `export function total(prices: number[]): number {
  let sum = 0;
  for (const price of prices) sum -= price;
  return sum;
}

export function isEven(n: number): boolean {
  return n % 2 === 0;
}
`;

describe("the agent's tools", () => {
  const data = ownData();
  before(data.before);
  after(data.after);

  it("read files with line numbers, page by page, and folders", async () => {
    const long = Array.from({ length: 2000 }, (_, i) => `const value${i} = ${i};`).join("\n");
    const { call } = await projectOf({ "src/cart.ts": CART, "long.ts": long, ".gitignore": "out/\n", "out/x.js": "" });
    const shown = await call("read", { path: "src/cart.ts" });
    assert.match(shown, /^File: src\/cart\.ts \(lines 1-9 of 9\)\n1\| export function total/);
    assert.match(shown, /\n9\| }$/);
    const page = await call("read", { path: "./long.ts", line: 1500 });
    assert.match(page, /^File: long\.ts \(lines 1500-\d+ of 2000\)\n1500\| /);
    assert.match(page, /The next page begins with line \d+\.$/);
    assert.ok((await countTokens([page]))[0]! <= MAX_OBSERVATION_TOKENS);
    assert.match(await call("read", { path: "." }), /^Folder: \.\n\.gitignore\nlong\.ts\nsrc\/$/);
    assert.match(await call("read", { path: "cart.ts" }), /There is no file cart\.ts\. There is src\/cart\.ts\./);
  });

  it("find lines, declarations first, and say how many more there are", async () => {
    const many = Array.from({ length: 50 }, () => "isEven(1);").join("\n");
    const { call } = await projectOf({
      "a.test.ts": many,
      "src/cart.ts": `isEven(0);\n${CART}`,
      "node_modules/x/index.js": "isEven",
      ".gitignore": "*.log\n!keep.log\n",
      "x.log": "isEven",
      "keep.log": "isEven",
      ".env": "isEven=1",
    });
    const found = await call("search", { query: "isEven" });
    assert.match(found, /^File: src\/cart\.ts\n8\| export function isEven\(n: number\): boolean {\n1\| isEven\(0\);\n/);
    assert.match(found, /File: a\.test\.ts/);
    assert.match(found, /File: keep\.log/);
    assert.doesNotMatch(found, /x\.log|node_modules|\.env/);
    assert.match(found, /And 38 more lines\.$/);
    assert.match(await call("search", { query: "/sum\\s*-=/", path: "src" }), /^File: src\/cart\.ts\n4\| {3}for/);
    assert.match(await call("search", { query: "/(/" }), /not a valid/);
    assert.match(await call("search", { query: "nowhere" }), /Nothing was found/);
  });

  it("put first what the editor knows as the declaration, and do without it where it fails", async () => {
    const { root, workspace, call } = await projectOf({
      "a.odd": "use thing\nlet thing\n",
      "b c.odd": "thing\nthing =\n",
    });
    const places = async () => [
      { uri: pathToFileURL(path.join(root, "b c.odd")).href, line: 1 },
      { uri: "file:///elsewhere/a.odd", line: 0 },
    ];
    Object.assign(workspace, { symbols: places });
    assert.equal(
      await call("search", { query: "thing" }),
      "File: b c.odd\n2| thing =\n1| thing\nFile: a.odd\n1| use thing\n2| let thing",
    );
    Object.assign(workspace, { symbols: () => Promise.reject(new Error("no")) });
    assert.match(await call("search", { query: "thing" }), /^File: a\.odd\n1\| use thing/);
  });

  it("are not blocked by a slow regular expression", async () => {
    const { call } = await projectOf({ "a.txt": `${"a".repeat(1500)}b` });
    assert.match(await call("search", { query: "/(a+)+$/" }), /Nothing was found/);
  });

  it("edit lines that were shown, and show the result", async () => {
    const { call, text, progress } = await projectOf({ "cart.ts": CART.replaceAll("\n", "\r\n") });
    const line = numberLine({ number: 3, text: "  for (const price of prices) sum -= price;" });
    const args = { path: "cart.ts", from: line, to: line, text: "for (const price of prices) sum += price;" };
    assert.match(await call("edit", args), /were not shown/);
    await call("read", { path: "cart.ts" });
    const result = await call("edit", args);
    assert.equal(await text("cart.ts"), CART.replace("-=", "+=").replaceAll("\n", "\r\n"));
    assert.match(result, /^File: cart\.ts\n1\| .*\n2\| .*\n3\| {3}for .* \+= price;\n4\| .*\n5\| }\n6\| $/);
    const diff = progress.flatMap((event) => (event.type === "edit" ? [event.diff] : [])).join();
    assert.match(diff, /^@@ -1,6 \+1,6 @@\n[\s\S]*\n-.*-= price;\n\+.*\+= price;\n/);
    assert.match(await call("edit", { path: "cart.ts", from: "6| ", to: "6| ", text: "" }), /^File: cart\.ts/);
    assert.equal((await text("cart.ts")).split("\r\n").length, CART.split("\n").length - 1);
  });

  it("object once to an edit that loses code, and always to one that leaves code out", async () => {
    const { call, text } = await projectOf({ "cart.ts": CART });
    await call("read", { path: "cart.ts" });
    const all = { path: "cart.ts", from: numberLine({ number: 1, text: CART.split("\n")[0]! }), to: "9| }" };
    const loses = { ...all, text: "export const total = 1;" };
    assert.match(await call("edit", loses), /^Nothing was changed\.\n- It removes isEven/);
    assert.equal(await text("cart.ts"), CART);
    assert.match(await call("edit", loses), /^File: cart\.ts/);
    await call("read", { path: "cart.ts" });
    const { call: again, text: left } = await projectOf({ "cart.ts": CART });
    await again("read", { path: "cart.ts" });
    const elided = { ...all, text: `${CART.split("\n").slice(0, 4).join("\n")}\n}\n// ... rest of the code ...` };
    for (let i = 0; i < 2; i++) assert.match(await again("edit", elided), /^Nothing was changed/);
    assert.equal(await left("cart.ts"), CART);
  });

  it("object once to code that does not parse", async () => {
    const { call, text } = await projectOf({ "cart.ts": CART });
    await call("read", { path: "cart.ts" });
    const line = numberLine({ number: 4, text: "  return sum;" });
    const broken = { path: "cart.ts", from: line, to: line, text: "  return (sum;" };
    assert.match(await call("edit", broken), /does not parse/);
    assert.equal(await text("cart.ts"), CART);
    assert.match(await call("edit", broken), /File: cart\.ts[\s\S]*Line \d+ does not parse/);
    assert.match(await text("cart.ts"), /return \(sum;/);
  });

  it("create new files, and refuse existing ones", async () => {
    const { call, text } = await projectOf({ "a.ts": "x" });
    assert.match(
      await call("create", { path: "new/b.ts", text: "f(" }),
      /^Created new\/b\.ts with 1 line\. Line \d does not parse/,
    );
    assert.equal(await text("new/b.ts"), "f(\n");
    assert.match(await call("create", { path: "a.ts", text: "" }), /exists/);
  });

  it("stay inside the folder, and keep out of the repository's data", async () => {
    const outside = await projectOf({ "secret.txt": "top" });
    const { call, root } = await projectOf({ "a.ts": "x", ".git/config": "[core]" });
    await symlink(outside.root, path.join(root, "link"));
    await symlink(path.join(outside.root, "missing.txt"), path.join(root, "dangling"));
    for (const name of [`${outside.root}/secret.txt`, "../x", "link/secret.txt", "/etc/passwd", "a\nb", "dangling"]) {
      assert.match(await call("read", { path: name }), /outside the workspace|not the name|leads nowhere/, name);
      assert.match(await call("create", { path: name, text: "x" }), /outside the workspace|not the name|leads nowhere/);
    }
    assert.ok(!existsSync(path.join(outside.root, "missing.txt")));
    for (const name of [".git/config", ".git/hooks/pre-commit", "./.git/x"])
      assert.match(await call("create", { path: name, text: "x" }), /not open to tools/);
    assert.match(await call("read", { path: `${root}/a.ts` }), /1\| x/);
  });

  it("ask before they use ignored or secret files, or files that programs run", async () => {
    const files = { ".env": "KEY=1", "out.log": "x", ".gitignore": "*.log\n", ".env.example": "KEY=", "a.pem": "k" };
    const denied = await projectOf(files, () => ({ answer: "no", why: "it is mine" }));
    for (const name of [".env", "out.log", "a.pem"])
      assert.match(await denied.call("read", { path: name }), /does not allow this: it is mine/);
    await denied.call("read", { path: ".env" });
    assert.deepEqual(
      denied.asked.map((subject) => subject.type !== "command" && [subject.path, subject.why]),
      [
        [".env", "secret"],
        ["out.log", "ignored"],
        ["a.pem", "secret"],
      ],
    );
    assert.match(await denied.call("read", { path: ".env.example" }), /KEY=/);
    assert.match(await denied.call("create", { path: ".vscode/tasks.json", text: "{}" }), /does not allow/);
    const allowed = await projectOf(files);
    assert.match(await allowed.call("read", { path: ".env" }), /KEY=1/);
  });

  it("run commands with the user's consent, and return exit status and output", async () => {
    const { call, asked, progress } = await projectOf({ "a.txt": "hello" });
    assert.equal(await call("run", { command: "cat a.txt; exit 3" }), "Exit status 3.\nhello");
    assert.equal(await call("run", { command: "true" }), "Exit status 0. It wrote nothing.");
    assert.deepEqual(
      asked.map((subject) => subject.type === "command" && subject.command),
      ["cat a.txt; exit 3", "true"],
    );
    assert.deepEqual(progress[0], { type: "command", command: "cat a.txt; exit 3", check: false });
    const denied = await projectOf({}, () => ({ answer: "no" }));
    assert.equal(await denied.call("run", { command: "touch x" }), "The user does not allow this command.");
    assert.ok(!existsSync(path.join(denied.root, "x")));
  });

  it("cut long results to their head and tail", async () => {
    const text = Array.from({ length: 5000 }, (_, i) => `line ${i}`).join("\n");
    const { text: short, cut } = await headAndTail(text, countTokens);
    assert.match(short, /^line 0\n[\s\S]*\[… \d+ lines cut …\][\s\S]*line 4999$/);
    assert.equal(short.split("\n").length - 1 + cut, 5000);
    assert.ok((await countTokens([short]))[0]! <= MAX_OBSERVATION_TOKENS);
    assert.deepEqual(await headAndTail("a\nb", countTokens), { text: "a\nb", cut: 0 });
    const { text: one } = await headAndTail("x".repeat(100_000), countTokens);
    assert.ok(one.length < 1000);
  });
});
