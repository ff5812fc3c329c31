/** What a change loses within a statement, and what it repeats of its neighbours. */
import assert from "node:assert/strict";
import { type Case, harm, letsPass, missesLines, namesRemoved } from "./cases.ts";

const CONFIG = 'const config = {\n  host: "a",\n  port: 80,\n  user: "b",\n};\n';
const CALL = 'client = Client(\n    host="a",\n    port=1,\n    timeout=30,\n)\n';
const SAVE = "function save(name, value, options) {\n  db.put(name, value, options);\n}\n";
const POINT =
  "class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n\n    def __eq__(self, o):\n        return self.x == o.x and self.y == o.y\n";

describe("features: the guard, within statements", () => {
  const lost: [...Case, names: string[]][] = [
    ["keys of an object", "javascript", CONFIG, CONFIG.replace(/ {2}user.*\n/, ""), "use the other host", ["user"]],
    [
      "keys of an object on one line, in a function",
      "typescript",
      "function f() {\n  return { a: one(), b: two(), c: three() };\n}\n",
      "function f() {\n  return { a: one(1), b: two() };\n}\n",
      "",
      ["c"],
    ],
    ["keys of a dictionary", "python", 'A = {\n    "a": 1,\n    "b": 2,\n}\n', 'A = {\n    "a": 10,\n}\n', "", ["b"]],
    ["named arguments", "python", CALL, CALL.replace(/ {4}timeout.*\n/, "").replace('"a"', '"b"'), "", ["timeout"]],
    [
      "keys of a map",
      "go",
      'package a\n\nvar m = map[string]int{\n\t"a": 1,\n\t"b": 2,\n\t"c": 3,\n}\n',
      'package a\n\nvar m = map[string]int{\n\t"a": 10,\n\t"b": 2,\n}\n',
      "",
      ["c"],
    ],
    ["members of a union", "typescript", 'type A = "x" | "y" | "z";\n', 'export type A = "x" | "y";\n', "", ["z"]],
    [
      "parameters",
      "javascript",
      SAVE,
      "async function save(name, value) {\n  await db.put(name, value);\n}\n",
      "",
      ["options"],
    ],
    [
      "columns",
      "sql",
      "SELECT id, name, mail\nFROM users;\n",
      "SELECT id, name\nFROM users\nORDER BY id;\n",
      "",
      ["mail"],
    ],
    [
      "a method that a new one replaces",
      "python",
      "class A:\n    def load(self):\n        return read(self.path)\n\n    def save(self, text):\n        write(self.path, text)\n",
      "class A:\n    def load(self):\n        return read(self.path)\n\n    def delete(self):\n        remove(self.path)\n",
      "add a delete method",
      ["save"],
    ],
    [
      "a key that a new one replaces",
      "javascript",
      CONFIG,
      CONFIG.replace('user: "b"', 'mail: "b"'),
      "add mail",
      ["user"],
    ],
    [
      "a method when only imports were to be removed",
      "typescript",
      'import a from "a";\n\nclass B {\n  c() {\n    return one();\n  }\n\n  d() {\n    return two();\n  }\n}\n',
      "class B {\n  c() {\n    return one();\n  }\n}\n",
      "remove unused imports",
      ["d"],
    ],
    [
      "a method when none was to be removed",
      "typescript",
      "class B {\n  d() {\n    return two();\n  }\n\n  c() {\n    return one();\n  }\n}\n",
      "class B {\n  c() {\n    return one();\n  }\n}\n",
      "sort the methods, without removing any of them",
      ["d"],
    ],
    [
      "a method when none was to be removed, in German",
      "typescript",
      "class B {\n  d() {\n    return two();\n  }\n\n  c() {\n    return one();\n  }\n}\n",
      "class B {\n  c() {\n    return one();\n  }\n}\n",
      "Sortiere, ohne Methoden zu entfernen",
      ["d"],
    ],
    [
      "an export",
      "typescript",
      "export function f() {\n  return 1;\n}\n",
      "function f() {\n  return 2;\n}\n",
      "",
      ["export f"],
    ],
    [
      "a condition of a deletion",
      "sql",
      "DELETE FROM users\nWHERE active = 0 AND age > 9;\n",
      "DELETE FROM users\nWHERE active = 0;\n",
      "format it",
      ["age"],
    ],
    [
      "all conditions of a deletion",
      "sql",
      "DELETE FROM users\nWHERE active = 0;\n",
      "DELETE FROM users;\n",
      "format it",
      ["WHERE", "active"],
    ],
    ["a selector of a rule", "css", ".a,\n.b,\n.c {\n  color: red;\n}\n", ".a,\n.b {\n  color: blue;\n}\n", "", [".c"]],
    [
      "attributes of an element",
      "html",
      '<input name="a" required maxlength="9">\n',
      '<input name="a" class="b">\n',
      "add a class",
      ["required", "maxlength"],
    ],
    ["an entry of a table", "lua", "local t = {\n  a = 1,\n  b = 2,\n}\n", "local t = {\n  a = 10,\n}\n", "", ["b"]],
    [
      "an item of a list of text",
      "markdown",
      "- Install it.\n- Run it.\n- Stop it when done.\n",
      "- Install it first.\n- Run it.\n",
      "",
      ["Stop it when done."],
    ],
    [
      "a method behind another that is renamed",
      "typescript",
      "class S {\n  load(id: string) {\n    return this.db.get(id);\n  }\n  drop(id: string) {\n    this.db.delete(id);\n  }\n}\n",
      "class S {\n  read(id: string) {\n    return this.db.get(id);\n  }\n}\n",
      "rename load to read",
      ["drop"],
    ],
  ];
  namesRemoved(lost);

  const gone: [...Case, expected: RegExp][] = [
    [
      "all of a block",
      "typescript",
      "function f(a: A[]) {\n  const out = [];\n  for (const x of a) {\n    if (x.old) continue;\n    out.push(x.name);\n  }\n  return out;\n}\n",
      "function f(a: readonly A[]) {\n  const out = [];\n  for (const x of a) {\n  }\n  return out;\n}\n",
      "",
      /x\.name/,
    ],
    [
      "what releases a file that is still opened",
      "go",
      "package a\n\nfunc f() error {\n\tg, err := open()\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer g.Close()\n\treturn use(g)\n}\n",
      "package a\n\nfunc f() error {\n\tg, err := open()\n\tif err != nil {\n\t\treturn wrap(err)\n\t}\n\treturn use(g)\n}\n",
      "",
      /Close/,
    ],
    [
      "a signature of several",
      "typescript",
      "function f(a: A): B;\nfunction f(a: C): B;\nfunction f(a: A | C): B {\n  return g(a);\n}\n",
      "function f(a: A): B;\nfunction f(a: A | C): B {\n  return g(a, 1);\n}\n",
      "",
      /a: C\)/,
    ],
    [
      "what a module exports",
      "javascript",
      "const f = (x) => x;\n\nmodule.exports = f;\n",
      "const f = (x) => +x;\n",
      "",
      /exports/,
    ],
    [
      "a licence",
      "javascript",
      "// Copyright 2024 The Authors.\nconst f = (x) => x;\n",
      "const f = (x) => +x;\n",
      "",
      /Copyright/,
    ],
    [
      "traits of a type",
      "rust",
      "#[derive(Debug, Clone)]\nstruct A {\n    x: u8,\n}\n",
      "#[derive(Debug)]\nstruct A {\n    x: u16,\n}\n",
      "",
      /Clone/,
    ],
    [
      "two of seven lines, without anything in their place",
      "dockerfile",
      'FROM node:18\nWORKDIR /app\nCOPY a.json .\nRUN npm ci\nCOPY . .\nRUN npm run build\nCMD ["node", "a.js"]\n',
      'FROM node:20\nWORKDIR /app\nCOPY a.json .\nCOPY . .\nCMD ["node", "a.js"]\n',
      "use node 20",
      /npm ci[\s\S]*build/,
    ],
  ];
  missesLines(gone);

  const again: Case[] = [
    [
      "a constant",
      "typescript",
      "const a = 1;\nconst b = 2;\nconst c = 3;\n",
      "const a = 1;\nconst b = 2;\nconst b = 20;\nconst c = 30;\n",
    ],
    [
      "a call with the same argument",
      "python",
      "app.add(a)\napp.add(b)\napp.go()\n",
      'app.add(a)\napp.add(a, "/a")\napp.add(b, "/b")\napp.go()\n',
    ],
    [
      "a rule",
      "css",
      ".a { color: red; }\n.b { color: blue; }\n",
      ".a { color: red; }\n.a { color: pink; }\n.b { color: navy; }\n",
    ],
    [
      "an element",
      "html",
      '<ul>\n  <li id="a">A</li>\n  <li id="b">B</li>\n</ul>\n',
      '<ul>\n  <li id="a">A</li>\n  <li id="a">First</li>\n  <li id="b">Second</li>\n</ul>\n',
    ],
    [
      "a variable",
      "lua",
      "local a = 1\nlocal b = 2\nreturn a + b\n",
      "local a = 1\nlocal a = 10\nlocal b = 20\nreturn a + b\n",
    ],
    [
      "a declaration",
      "go",
      "package a\n\nfunc f() int {\n\ta := 1\n\tb := 2\n\treturn a + b\n}\n",
      "package a\n\nfunc f() int {\n\ta := 1\n\ta := 10\n\tb := 20\n\treturn a + b\n}\n",
    ],
    [
      "a function with other parameters",
      "python",
      "def f(a):\n    return a\n\n\ndef g(a):\n    return f(a)\n",
      "def f(a):\n    return a\n\n\ndef f(a, b):\n    return b\n\n\ndef g(a):\n    return f(a, 1)\n",
    ],
    [
      "a paragraph",
      "markdown",
      "It reads all files from the disk.\n\nIt is fast.\n",
      "It reads all files from the disk.\n\nIt reads all the files from the disk first.\n\nIt is very fast.\n",
    ],
    [
      "a function inside the one whose body it is",
      "typescript",
      "function total(a: A[]) {\n  let sum = 0;\n  for (const x of a) sum += x.price;\n  return sum;\n}\n",
      "function total(a: A[]) {\n  function sumOf(a: A[]) {\n    return a.reduce((sum, x) => sum + x.price, 0);\n  }\n}\n",
    ],
  ];
  for (const [name, languageId, before, after] of again)
    it(`finds a repetition: ${name}`, async () =>
      assert.notDeepEqual((await harm(languageId, before, after))?.doubled ?? [], []));

  it("finds a repetition of the line behind a rewritten one", async () => {
    const before = 'f();\nlog("a");\nreturn total;\n';
    assert.notDeepEqual(
      (await harm("javascript", before, 'f();\nlog("b");\nreturn total;\nreturn total;\n'))?.doubled ?? [],
      [],
    );
  });

  const right: Case[] = [
    [
      "members of a class that becomes a dataclass",
      "python",
      POINT.replace("__eq__", "get_x"),
      "@dataclass\nclass Point:\n    x: float\n    y: float\n",
      "use a dataclass with properties",
    ],
    [
      "a close of a file that is no longer opened",
      "go",
      'func f(p string) (string, error) {\n\tg, err := os.Open(p)\n\tif err != nil {\n\t\treturn "", err\n\t}\n\tdefer g.Close()\n\tb, err := io.ReadAll(g)\n\tif err != nil {\n\t\treturn "", err\n\t}\n\treturn string(b), nil\n}\n',
      'func f(p string) (string, error) {\n\tb, err := os.ReadFile(p)\n\tif err != nil {\n\t\treturn "", err\n\t}\n\treturn string(b), nil\n}\n',
    ],
    [
      "a function that is no longer exported, on request",
      "typescript",
      "export function f() {\n  return 1;\n}\n",
      "function f() {\n  return 1;\n}\n",
      "make it private",
    ],
    ["keys in another order", "javascript", CONFIG, 'const config = {\n  user: "b",\n  port: 80,\n  host: "c",\n};\n'],
    ["a key under another name", "javascript", CONFIG, CONFIG.replace("user", "login")],
    [
      "parameters that become one object",
      "javascript",
      SAVE,
      SAVE.replace("name, value, options)", "{ name, value, options })"),
    ],
    [
      "a callback that is awaited",
      "javascript",
      "function f(a, done) {\n  g(a, done);\n}\n",
      "async function f(a) {\n  await g(a);\n}\n",
    ],
    [
      "a member of a union that is named",
      "typescript",
      'type A = "x" | "y" | "z";\n',
      'type A = "x" | "y";\n',
      "remove z",
    ],
    ["all but what is kept", "javascript", CONFIG, 'const config = {\n  host: "a",\n};\n', "keep only host"],
    [
      "a method that a dataclass has by itself",
      "python",
      POINT,
      "@dataclass\nclass Point:\n    x: float\n    y: float\n",
      "convert to a dataclass",
    ],
    [
      "a variable that is changed step by step",
      "python",
      "a = read()\nb = 1\nuse(a, b)\n",
      "a = read()\na = a.strip()\nb = 2\nuse(a, b)\n",
    ],
    [
      "a call that is repeated with another argument",
      "javascript",
      'log.write("a", 1);\nrun();\n',
      'log.write("a", 1);\nrun();\nlog.write("a", 2);\n',
    ],
    [
      "an overload",
      "typescript",
      "function f(a: A): B {\n  return g(a);\n}\n",
      "function f(a: A): B;\nfunction f(a: A, c?: C): B {\n  return g(a, c);\n}\n",
    ],
    [
      "a setter",
      "javascript",
      "class A {\n  get x() {\n    return this.y;\n  }\n}\n",
      "class A {\n  get x() {\n    return this.y;\n  }\n  set x(z) {\n    this.y = z;\n  }\n}\n",
    ],
  ];
  letsPass(right);
});
