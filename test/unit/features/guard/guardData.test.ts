/** What the guard knows about data: members of lists, elements, declarations of rules. And about lines in use. */
import assert from "node:assert/strict";
import { type Case, harm, letsPass } from "./cases.ts";

/** A text of these lines, each with its line ending. */
const text = (...lines: string[]) => lines.map((line) => `${line}\n`).join("");

const STEPS = text(
  "steps:",
  "  - uses: checkout@v4",
  "  - name: Build",
  "    run: make",
  "  - name: Test",
  "    run: try",
);
const USERS = '{\n  "users": [\n    { "name": "a", "age": 1 },\n    { "name": "b", "age": 2 }\n  ]\n}\n';
const DOCUMENTS = text("kind: A", "metadata:", "  name: one", "---", "kind: B", "metadata:", "  name: two");
const FORM = text(
  '<form id="f">',
  '  <input name="user">',
  '  <input name="word">',
  "  <button>Go</button>",
  "</form>",
);
const CARD = text(
  "<template>",
  "  <div>",
  "    <p>{{ n }}</p>",
  '    <b @click="less">Less</b>',
  "  </div>",
  "</template>",
);
const RULE = text(".a {", "  color: red;", "  margin: 0;", "  -webkit-appearance: none;", "}");
const SHEET = text("$x: 1;", "", ".a {", "  color: red;", "}", "", ".b {", "  color: blue;", "  margin: 0;", "}");
const BRANCHES = text("on: push", "branches:", "  - main", "  - dev", "  - next");

describe("features: the guard, by members of data", () => {
  const lost: [...Case, names: string[]][] = [
    ["a scalar of a list", "yaml", BRANCHES, BRANCHES.replace("  - dev\n", ""), "", ["dev"]],
    ["one of a list in brackets", "yaml", "a: [x, y, z]\n", "a: [x, w]\n", "", ["z"]],
    ["a member by its name", "yaml", STEPS, STEPS.replace(/ {2}- name: T[\s\S]*/, ""), "improve it", ["Test"]],
    ["a key of a member", "yaml", STEPS, STEPS.replace("    run: try\n", ""), "improve it", ["run"]],
    ["a document", "yaml", DOCUMENTS, DOCUMENTS.replace(/---[\s\S]*/, ""), "improve it", ["kind: B"]],
    ["a string of JSON", "json", '{ "files": ["a", "b", "c"] }\n', '{ "files": ["a", "d"] }\n', "", ["c"]],
    ["an object of a list", "json", USERS, USERS.replace(/,\n.*"b".*/, "").replace("1", "3"), "improve it", ["b"]],
    ["a string of TOML", "toml", 'x = [\n  "a",\n  "b",\n]\n', 'x = ["b"]\n', "improve it", ["a"]],
    ["one of several tables", "toml", "[[a]]\nx = 1\n\n[[a]]\nx = 2\n", "[[a]]\nx = 1\n", "improve it", ["x: 2"]],
    ["an element by its name", "html", FORM, FORM.replace(/.*word.*\n/, ""), "improve it", ["<input> word"]],
    ["an element by what it says", "vue", CARD, CARD.replace(/.*Less.*\n/, ""), "improve it", ["<b> Less"]],
    ["a declaration of a rule", "css", RULE, RULE.replace("  margin: 0;\n", "").replace("red", "blue"), "", ["margin"]],
    ["a rule without a grammar", "scss", SHEET, SHEET.replace(/\n\.b[\s\S]*/, ""), "improve it", [".b"]],
  ];
  for (const [name, languageId, before, after, asked, names] of lost)
    it(`names what is removed: ${name}`, async () =>
      assert.deepEqual((await harm(languageId, before, after, asked))?.lost, names));

  it("names members and elements that are repeated", async () => {
    const step = "  - name: Build\n    run: make\n";
    assert.deepEqual((await harm("yaml", STEPS, STEPS.replace(step, step + step)))?.doubled, ["Build"]);
    const field = '  <input name="user" class="wide">\n';
    const form = FORM.replace('  <input name="user">\n', field);
    assert.deepEqual((await harm("html", form, form.replace(field, field + field)))?.doubled, ["<input> user"]);
    const link = "<p>Two words</p>\n";
    assert.deepEqual((await harm("html", link, link + link))?.doubled, ["<p> Two words"]);
  });

  const right: Case[] = [
    ["a list in another order, with a new member", "json", '{ "a": ["x", "y"] }\n', '{ "a": ["y", "z", "x"] }\n'],
    ["a list that becomes an object", "json", '{ "a": ["x", "y"] }\n', '{ "a": { "x": 1, "y": 2 } }\n'],
    ["renamed members", "yaml", STEPS, STEPS.replace("Build", "Make it").replace("v4", "v5")],
    ["brackets for dashes", "yaml", BRANCHES, "on: push\nbranches: [main, dev, next]\n"],
    ["a member to be removed", "yaml", BRANCHES, BRANCHES.replace("  - dev\n", ""), "remove the dev branch"],
    ["keys that come from an anchor", "yaml", "a: &x\n  p: 1\nb:\n  p: 1\n", "a: &x\n  p: 1\nb:\n  <<: *x\n"],
    ["a change of one of two documents", "yaml", DOCUMENTS, DOCUMENTS.replace("kind: A", "kind: A\nx: 1")],
    ["other tags", "html", FORM, FORM.replaceAll("form", "section").replace("<button>", '<button type="submit">')],
    ["a text in other words", "html", "<p>Welcome on our page</p>\n", "<h1>Hello there</h1>\n<p>We are glad</p>\n"],
    [
      "a shorthand property",
      "css",
      "a {\n  margin-top: 1px;\n  margin-left: 2px;\n}\n",
      "a {\n  margin: 1px 2px;\n}\n",
    ],
    ["a removed vendor prefix", "css", RULE, RULE.replace("  -webkit-appearance: none;\n", "")],
    [
      "one of two rules with the same selector, with another one",
      "css",
      ".a {\n  color: red;\n}\n.a {\n  margin: 0;\n}\n",
      ".a {\n  color: red;\n}\n.b {\n  margin: 0;\n}\n",
    ],
    [
      "a rule in another",
      "scss",
      ".a {\n  color: red;\n}\n.a:hover {\n  color: blue;\n}\n",
      ".a {\n  color: red;\n\n  &:hover {\n    color: blue;\n  }\n}\n",
    ],
  ];
  letsPass(right);

  it("distinguishes a document's code blocks from its text", async () => {
    const document = "# A\n\nSome text.\n\n```js\nrun(all);\n```\n\nThe end.\n";
    assert.deepEqual((await harm("markdown", document, "# A\n\nA text.\n\nThe end.\n"))?.lost, ["run(all);"]);
    assert.equal(await harm("markdown", document, document.replace("all", "one")), undefined);
  });
});

describe("features: the guard, single lines", () => {
  const SUM = text("function sum(all) {", "  const k = 3;", "  log(all);", "  mark(all);", "  return all * k;", "}");
  const PYTHON = text("import os", "import sys", "", "def a(x):", "    y = x * 2", "    z = y + 1", "    return z");
  const without = (before: string, line: string) => before.replace(`${line}\n`, "");

  const needed: [...Case, line: string][] = [
    ["a constant", "javascript", SUM, without(SUM, "  const k = 3;"), "improve it", "  const k = 3;"],
    [
      "an import",
      "python",
      `${PYTHON}a(sys.argv)\n`,
      without(`${PYTHON}a(sys.argv)\n`, "import sys"),
      "",
      "import sys",
    ],
    [
      "a name of an import",
      "typescript",
      "import {\n  a,\n  b,\n} from 'x';\na(b);\n",
      "import {\n  a,\n} from 'x';\na(b);\n",
      "",
      "  b,",
    ],
    [
      "an import of Go",
      "go",
      'package a\n\nimport (\n\t"x/y"\n)\n\nvar v = y.Z\n',
      "package a\n\nimport (\n)\n\nvar v = y.Z\n",
      "",
      '\t"x/y"',
    ],
    ["a return", "python", PYTHON, without(PYTHON, "    return z").replace("+ 1", "+ 2"), "", "    return z"],
  ];
  for (const [name, languageId, before, after, asked, line] of needed)
    it(`misses what is still needed: ${name}`, async () =>
      assert.deepEqual((await harm(languageId, before, after, asked))?.lines, [line]));

  const right: Case[] = [
    ["an inlined variable", "javascript", SUM, without(SUM, "  const k = 3;").replace("* k", "* 3")],
    [
      "a variable that becomes a parameter",
      "javascript",
      SUM,
      without(SUM, "  const k = 3;").replace("(all) {", "(all, k = 3) {"),
    ],
    ["an import that nothing uses", "python", PYTHON, without(PYTHON, "import os")],
    ["a renamed variable", "javascript", SUM, SUM.replace("const k", "const factor").replace("* k", "* factor")],
    [
      "a value that is returned at once",
      "python",
      PYTHON,
      without(PYTHON, "    z = y + 1").replace("return z", "return y + 1"),
    ],
    ["an error in place of a value", "python", PYTHON, PYTHON.replace("return z", "raise E(z)")],
  ];
  letsPass(right);

  it("allows the removal of what the request names, and of nothing else", async () => {
    const both = "def save(x):\n    put(x)\n\n\ndef drop(x):\n    take(x)\n\n\ndef keep(x):\n    hold(x)\n";
    const [, save, drop, keep] = /^(def save[\s\S]*?)(def drop[\s\S]*?)(def keep[\s\S]*)$/.exec(both)!;
    assert.equal(await harm("python", both, drop! + keep!, "remove the save function"), undefined);
    assert.deepEqual((await harm("python", both, keep!, "remove the save function"))?.lost, ["drop"]);
    assert.equal(await harm("python", both, keep!, "remove all functions except keep"), undefined);
    assert.deepEqual((await harm("python", both, save! + keep!, "drop the save function"))?.lost, ["drop"]);
  });
});
