import assert from "node:assert/strict";
import { type Harm, harmForModel, harmWarning } from "../../../../server/features/guard/guard.ts";
import { withoutSurroundings } from "../../../../server/features/guard/surroundings.ts";
import { linesOf } from "../../../../server/features/text/lines.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { documentOf, linesRange, range } from "../support.ts";
import { type Case, harm, letsPass } from "./cases.ts";

const CALC = `class Calc:
    def add(self, a, b):
        return a + b

    def sub(self, a, b):
        return a - b

    def neg(self, a):
        return -a
`;
const STORE = `import { log } from "./log";

export class Store {
  private rows: Row[] = [];

  add(row: Row): void {
    this.rows.push(row);
    log(row);
  }

  find(id: number): Row | undefined {
    return this.rows.find((row) => row.id === id);
  }
}

export function open(path: string): Store {
  const text = readFileSync(path, "utf8");
  const store = new Store();
  for (const row of parse(text)) store.add(row);
  return store;
}
`;
const PACKAGE = `{
  "name": "shop",
  "scripts": {
    "build": "tsc",
    "test": "mocha"
  },
  "license": "MIT"
}
`;
const COMPOSE = `services:
  web:
    image: nginx
    ports:
      - "80:80"
  db:
    image: postgres
volumes:
  data:
`;

describe("features: the guard", () => {
  const lost: [...Case, names: string[]][] = [
    [
      "a method in place of the class",
      "python",
      CALC,
      "    def mul(self, a, b):\n        return a * b\n",
      "add mul",
      ["Calc", "add", "sub", "neg"],
    ],
    [
      "members of a class",
      "typescript",
      STORE,
      STORE.replace(/\n {2}find[\s\S]*?\n {2}\}\n/, ""),
      "improve it",
      ["find"],
    ],
    [
      "a line in place of a function",
      "typescript",
      STORE,
      STORE.replace(/export function[\s\S]*$/, "const text = read(path);\n"),
      "improve it",
      ["open"],
    ],
    [
      "a function, when something else is to be removed",
      "python",
      CALC,
      CALC.replace(/\n {4}def sub[\s\S]*?\n(?=\n)/, ""),
      "remove the comments from this class",
      ["sub"],
    ],
    [
      "a field",
      "typescript",
      "interface A {\n  id: number;\n  label: string;\n}\n",
      "interface A {\n  id: string;\n}\n",
      "improve it",
      ["label"],
    ],
    ["a variant", "rust", "enum A {\n    One,\n    Two(u8),\n}\n", "enum A {\n    One,\n}\n", "improve it", ["Two"]],
    [
      "a key of an object",
      "javascript",
      "export const routes = {\n  home: '/',\n  cart: '/cart',\n};\n",
      "export const routes = {\n  home: '/home',\n};\n",
      "improve it",
      ["cart"],
    ],
    [
      "keys of JSON",
      "json",
      PACKAGE,
      '{\n  "scripts": {\n    "test": "vitest"\n  }\n}\n',
      "use vitest",
      ["name", "build", "license"],
    ],
    ["keys of YAML", "yaml", COMPOSE, COMPOSE.replace(/ {2}db:\n.*\n/, ""), "improve it", ["db"]],
    ["a table of TOML", "toml", "[a]\nx = 1\n\n[b]\ny = 2\n", "[a]\nx = 2\n", "improve it", ["b"]],
    [
      "functions of a language without a grammar",
      "lua",
      "function M.a()\n  return 1\nend\n\nfunction M.b()\n  return 2\nend\n",
      "function M.a()\n  return 3\nend\n",
      "improve it",
      ["M.b"],
    ],
  ];
  for (const [name, languageId, before, after, asked, names] of lost) {
    it(`names what is removed: ${name}`, async () => {
      const found = await harm(languageId, before, after, asked);
      assert.deepEqual(found?.lost, names);
      assert.match(harmWarning(found!), new RegExp(`removes ${names[0]}`));
      assert.match(harmForModel(found!).join("\n"), new RegExp(`removes ${names[0]}`));
    });
  }

  const doubled: [...Case, names: string[]][] = [
    [
      "a function in itself",
      "javascript",
      "function a() {\n  b();\n}\n",
      "function a() {\n  function a() {\n    c();\n  }\n}\n",
      "",
      ["a"],
    ],
    [
      "a neighbour",
      "python",
      CALC,
      CALC.replace("    def neg", "    def sub(self, a, b):\n        return a - b\n\n    def neg"),
      "",
      ["sub"],
    ],
    ["a key", "json", PACKAGE, PACKAGE.replace('  "license"', '  "name": "shop",\n  "license"'), "", ["name"]],
    [
      "a key beside itself",
      "yaml",
      COMPOSE,
      COMPOSE.replace("image: nginx", "image: nginx\n    image: nginx"),
      "",
      ["image"],
    ],
    [
      "lines around",
      "sql",
      "SELECT a\nFROM t\nJOIN u ON u.id = t.id\nWHERE b\nORDER BY c;\n",
      "SELECT a\nFROM t\nSELECT a\nFROM t\nJOIN u ON u.id = t.id\nWHERE d\nORDER BY c;\n",
      "",
      ['"SELECT a"'],
    ],
  ];
  for (const [name, languageId, before, after, , names] of doubled) {
    it(`names what is repeated: ${name}`, async () => {
      const found = await harm(languageId, before, after);
      assert.deepEqual(found?.doubled, names);
      assert.match(harmWarning(found!), /This edit repeats/);
    });
  }

  it("names removed lines if they are more than a few", async () => {
    const found = await harm(
      "sql",
      "SELECT a,\n  b,\n  total(c),\n  sum(d)\nFROM t\nWHERE x > 1;\n",
      "SELECT a\nFROM t;\n",
    );
    assert.ok(found && found.lines.length >= 2, JSON.stringify(found));
    assert.match(harmWarning(found), /removes .*WHERE/);
  });

  const elided = [
    "// ... existing code ...",
    "// rest unchanged",
    "// Rest bleibt unverändert",
    "// 残りは同じ",
    "/* ... */",
    "[...]",
  ];
  for (const line of elided) {
    it(`recognises a line that stands for omitted code: ${line}`, async () => {
      const after = STORE.replace(/ {2}const text[\s\S]*? {2}return store;/, `  ${line}\n  return store;`);
      const found = await harm("typescript", STORE, after, "");
      assert.deepEqual(found?.elided, [line], JSON.stringify(found));
      assert.match(harmWarning(found), /leaves out code/);
    });
  }

  const right: Case[] = [
    ["a renamed function", "typescript", STORE, STORE.replace("function open", "function load"), "rename open"],
    [
      "a renamed function that only the file can use",
      "typescript",
      `${STORE.replace("export function", "function")}\nopen(a);\n`,
      `${STORE.replace("export function open", "function load")}\nload(a);\n`,
    ],
    ["a renamed class", "python", `${CALC}calc = Calc()\n`, `${CALC}calc = Calc()\n`.replaceAll("Calc", "Calculator")],
    [
      "a field that becomes a parameter",
      "typescript",
      STORE,
      STORE.replace("  private rows: Row[] = [];\n", "  constructor(private rows: Row[] = []) {}\n"),
    ],
    [
      "a function that becomes an arrow",
      "typescript",
      STORE,
      STORE.replace("export function open(path: string): Store {", "export const open = (path: string): Store => {"),
    ],
    [
      "a method that moves",
      "python",
      CALC,
      CALC.replace(/ {4}def sub[\s\S]*?\n\n/, "").concat("\n    def sub(self, a, b):\n        return a - b\n"),
    ],
    [
      "a renamed field",
      "go",
      "package a\n\ntype A struct {\n\tID int\n\tName string\n}\n",
      "package a\n\ntype A struct {\n\tID int\n\tTitle string\n}\n",
    ],
    [
      "an option of a call",
      "javascript",
      "function a() {\n  return b({ c: 1, d: 2 });\n}\n",
      "function a() {\n  return b({ c: 1 });\n}\n",
    ],
    [
      "a removed method that the request names",
      "python",
      CALC,
      CALC.replace(/ {4}def sub[\s\S]*?\n\n/, ""),
      "remove sub",
    ],
    [
      "a removed method that the request describes",
      "python",
      CALC,
      CALC.replace(/ {4}def sub[\s\S]*?\n\n/, ""),
      "delete the unused method",
    ],
    [
      "a removed method that the request names in German",
      "python",
      CALC,
      CALC.replace(/ {4}def sub[\s\S]*?\n\n/, ""),
      "Entferne die Methode sub",
    ],
    [
      "a removed method that the request names in Japanese",
      "python",
      CALC,
      CALC.replace(/ {4}def sub[\s\S]*?\n\n/, ""),
      "sub を削除して",
    ],
    [
      "a loop that becomes a call",
      "javascript",
      "function total(items) {\n  let sum = 0;\n  for (const item of items) {\n    sum += item.price;\n  }\n  return sum;\n}\n",
      "function total(items) {\n  return items.reduce((sum, item) => sum + item.price, 0);\n}\n",
    ],
    [
      "one line fewer",
      "python",
      "def greet(name):\n    print('hi ' + name)\n    return None\n",
      "def greet(name):\n    print(f'hi {name}')\n",
    ],
    [
      "a comment that only looks like an elision",
      "typescript",
      STORE,
      STORE.replace("  const store", "  // The other properties are read from the existing code.\n  const store"),
    ],
    [
      "an overload",
      "java",
      "class A {\n    int b(int x) {\n        return 1;\n    }\n}\n",
      "class A {\n    int b(int x) {\n        return 1;\n    }\n\n    int b(String x) {\n        return 2;\n    }\n}\n",
    ],
    [
      "callbacks with a name in common",
      "javascript",
      "on(() => {\n  const run = () => a();\n  run();\n});\n",
      "on(() => {\n  const run = () => a();\n  run();\n});\non(() => {\n  const run = () => b();\n  run();\n});\n",
    ],
    [
      "a second impl",
      "rust",
      "struct A;\n\nimpl A {\n    fn a() {}\n}\n",
      "struct A;\n\nimpl A {\n    fn a() {}\n}\n\nimpl A {\n    fn b() {}\n}\n",
    ],
    ["a renamed key", "json", PACKAGE, PACKAGE.replace('"license"', '"licence"')],
    ["a version", "yaml", COMPOSE, COMPOSE.replace("nginx", "nginx:1.27")],
    ["white space alone", "python", CALC, CALC.replaceAll("    ", "  ")],
    [
      "any change of a file that was already broken",
      "typescript",
      `${STORE}\nfunction (`,
      `${STORE.replace("utf8", "latin1")}\nfunction (`,
    ],
  ];
  letsPass(right);

  it("reports everything in one warning", () => {
    const found: Harm = { lost: ["a", "b"], lines: ["c"], doubled: ["d"], elided: ["// ..."] };
    assert.equal(
      harmWarning(found),
      'This edit removes a, b. This edit repeats d. This edit leaves out code: "// ...".',
    );
  });
});

describe("features: a reply wider than the selection", () => {
  const FILE =
    "def area(r):\n    check(r)\n    squared = r * r\n    result = 3.14 * squared\n    log(result)\n    return result\n";
  const lines = linesOf(FILE);
  const trimmed = (code: string, where: ReturnType<typeof range>) =>
    withoutSurroundings(code, lines, selectionOf(documentOf(FILE, "python"), where));
  const inner = range(2, 0, 3, 27);

  it("loses the lines that are around the selection", () => {
    assert.equal(
      trimmed(FILE.trimEnd().replace("r * r", "r ** 2"), inner),
      "    squared = r ** 2\n    result = 3.14 * squared",
    );
    assert.equal(
      trimmed("check(r)\nsquared = r ** 2\nresult = 3.14 * squared", inner),
      "squared = r ** 2\nresult = 3.14 * squared",
    );
  });

  it("keeps lines like those around if the selection has them too, or if they are new", () => {
    const same = "squared = r * r\ncheck(r)";
    assert.equal(trimmed(same, range(1, 0, 2, 19)), same);
    const more = "log(result)\nsave(result)";
    assert.equal(trimmed(more, range(4, 0, 4, 15)), more);
  });

  const parts: [name: string, file: string, where: ReturnType<typeof range>, code: string, left: string][] = [
    ["an assignment", "total = price * n\n", range(0, 8, 0, 17), "total = price * n * 2", "price * n * 2"],
    ["an assignment with its semicolon", "let a = b;\n", range(0, 8, 0, 9), "let a = b + 1;", "b + 1"],
    ["an assignment in another form", "let a = b;\n", range(0, 8, 0, 9), "const a = b + 1;", "b + 1"],
    ["a key", "  image: nginx\n", range(0, 9, 0, 14), "image: nginx:1", "nginx:1"],
    ["a sentence", "The cat sat down.\n", range(0, 8, 0, 11), "The cat lay down.", "lay"],
    ["a call's own brackets", "f(a);\n", range(0, 2, 0, 3), "g(a)", "g(a)"],
    ["a line that only begins alike", "a.b(c)\n", range(0, 2, 0, 6), "a.d(c)", "d(c)"],
  ];
  it("loses the comments above the selection, unless they are short", () => {
    const file = "// Adds up what the samples say.\n\n// Given.\nconst add = (a, b) => a + b;\n";
    const document = documentOf(file);
    const selection = selectionOf(document, linesRange(document, 4, 4));
    const own = "const add = (a, b) => b + a;";
    const reply = `// Adds up what the samples say.\n\n// Given.\n${own}`;
    assert.equal(withoutSurroundings(reply, linesOf(file), selection), own);
    assert.equal(withoutSurroundings(`// Given.\n${own}`, linesOf(file), selection), `// Given.\n${own}`);
  });

  it("loses the lines around front matter, but no others like them", () => {
    const code = "---\ntitle: A\ntags: [x]\n---";
    const file = (head: string) => linesOf(`${head}---\ntitle: a\n---\n\n# B\n`);
    const at = (head: string, line: number) =>
      selectionOf(documentOf(file(head).join("\n"), "markdown"), range(line, 0, line, 8));
    assert.equal(withoutSurroundings(code, file(""), at("", 1)), "title: A\ntags: [x]");
    assert.equal(withoutSurroundings(code, file("# A\n\n"), at("# A\n\n", 3)), code);
  });

  for (const [name, file, where, code, left] of parts) {
    it(`loses the rest of its line: ${name}`, () => {
      const selection = selectionOf(documentOf(file, "plaintext"), where);
      assert.equal(withoutSurroundings(code, linesOf(file), selection), left);
    });
  }

  it("counts lost lines relative to the selection", async () => {
    const before = `${FILE}\n${Array.from({ length: 60 }, (_, i) => `x${i} = ${i}`).join("\n")}\n`;
    const after = before.replace("    squared = r * r\n    result = 3.14 * squared\n    log(result)\n", "");
    const { start, end } = linesRange(documentOf(before), 1, 6);
    const found = await harm("python", before, after, "improve it", [{ first: start.line, last: end.line }]);
    assert.ok(found && found.lines.length > 0);
  });
});
