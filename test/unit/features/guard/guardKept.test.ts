/** Removals that an instruction about something else does not allow, and removals that a similar one does. */
import assert from "node:assert/strict";
import { type Case, harm, letsPass } from "./cases.ts";

const LICENCE = "/*\n * Copyright 2024 The Authors.\n * Licensed under the MIT license.\n * See LICENSE.\n */\n";
const FUNCTION = "export function f(x) {\n  return x;\n}\n";
const NUMBER = FUNCTION.replace("return x", "return Number(x)");
const AWAITS = "async function f() {\n  await a();\n  await b();\n  await c();\n  return d();\n}\n";
const MODEL = "class A\n  attr_accessor :a, :b, :c\n  validates :a, presence: true\n  has_many :items\nend\n";
const WIDGET = "Widget::Widget(int a, int b) : a_(a), b_(b), c_(0) {\n  init();\n}\n";
const SYNC = "rsync -a --delete --exclude .git --exclude node_modules src/ dst/\n";
const IMAGE = "FROM node:20\nRUN apt-get update && apt-get install -y git && npm ci\nEXPOSE 80 443\n";
const TEXT =
  "The tool read files. It write them back. It never delete anything. It need Node 20. It run on Linux and macOS.\n";
const WITHS = "WITH a AS (SELECT 1),\nb AS (SELECT 2)\nSELECT * FROM a, b;\n";
const USED =
  "function one() {\n  return two();\n}\n\nfunction two() {\n  return 2;\n}\n\nfunction three() {\n  return 3;\n}\n";
const GO = "package a\n\nfunc Load() int {\n\treturn 1\n}\n\nfunc Save() int {\n\treturn 2\n}\n";
const BLANK = "def f(x):\n    a = one(x)\n\n    return a\n";
const NAMES =
  "class A {\n    List<String> names(List<User> users) {\n        List<String> names = new ArrayList<>();\n        for (User user : users) {\n            names.add(user.getName());\n        }\n        return names;\n    }\n}\n";
const POINT =
  "public final class Point {\n    private final int x;\n    private final int y;\n\n    public Point(int x, int y) {\n        this.x = x;\n        this.y = y;\n    }\n\n    public int x() {\n        return x;\n    }\n\n    public int y() {\n        return y;\n    }\n}\n";
const CART =
  "function Cart() {\n  this.items = [];\n}\n\nCart.prototype.add = function (item) {\n  this.items.push(item);\n};\n";
const GREETER =
  'class Greeter:\n    def __init__(self, greeting):\n        self.greeting = greeting\n\n    def greet(self, name):\n        return f"{self.greeting}, {name}!"\n';
const FLOATS = ".left {\n  float: left;\n  width: 50%;\n}\n.right {\n  float: right;\n  clear: both;\n}\n";

describe("features: the guard, depending on the request", () => {
  const lost: [...Case, expected: RegExp][] = [
    ["a licence", "javascript", LICENCE + FUNCTION, NUMBER, "convert to number", /Copyright/],
    ["a licence without signs", "python", '"""\nCopyright (c) A.\n"""\nx = 1\n', "x = 2\n", "change to 2", /Copyright/],
    ["a licence of a script", "shellscript", "# SPDX-License-Identifier: MIT\na\n", "b\n", "replace a by b", /SPDX/],
    [
      "an export",
      "javascript",
      "const f = (x) => x;\n\nexport default f;\n",
      "const f = (x) => Number(x);\n",
      "convert to number",
      /export default f/,
    ],
    [
      "what a module returns",
      "lua",
      "local M = {}\nfunction M.a()\n  return 1\nend\n\nreturn M\n",
      "local M = {}\nfunction M.a()\n  return tonumber(1)\nend\n",
      "convert to number",
      /return M/,
    ],
    [
      "a decorator",
      "python",
      "@login_required\ndef f(r):\n    return a(r)\n",
      "async def f(r):\n    return await a(r)\n",
      "convert to async",
      /login_required/,
    ],
    [
      "a call",
      "javascript",
      AWAITS,
      AWAITS.replace("  await b();\n", "").replace("return d", "return await d"),
      "await d",
      /await b/,
    ],
    [
      "a call beside a changed line",
      "javascript",
      AWAITS,
      AWAITS.replace("  await c();\n", "").replace("return d", "return await d"),
      "await d",
      /await c/,
    ],
    [
      "a call of a class",
      "ruby",
      MODEL,
      MODEL.replace("accessor", "reader").replace(/ {2}validates.*\n/, ""),
      "make them readers",
      /validates/,
    ],
    [
      "a trait of a class",
      "php",
      "<?php\nclass A\n{\n    use SoftDeletes;\n\n    public int $a = 1;\n}\n",
      "<?php\nclass A\n{\n    public int $a = 2;\n}\n",
      "make it 2",
      /SoftDeletes/,
    ],
    [
      "a command",
      "shellscript",
      "set -e\nmkdir -p out\ncp a out/\ntar czf a.tgz out\n",
      'set -e\ncp a "out/"\ntar czf a.tgz "out"\n',
      "quote",
      /mkdir/,
    ],
    [
      "a call of Go",
      "go",
      "func f() {\n\ta()\n\tgo b()\n\tc(1)\n}\n",
      "func f() {\n\ta()\n\tc(2)\n}\n",
      "pass 2",
      /go b/,
    ],
    ["initialisers of members", "cpp", WIDGET, WIDGET.replace(", b_(b), c_(0)", ""), "format", /b_.*c_/],
    [
      "an option of a command",
      "shellscript",
      SYNC,
      'rsync -a --delete src/ "dst/"\n',
      "quote",
      /exclude.*git.*node_modules/,
    ],
    [
      "an option in a Dockerfile",
      "dockerfile",
      IMAGE,
      IMAGE.replace(" -y", "").replace("20", "22"),
      "use node 22",
      /-y/,
    ],
    ["a part of a chain", "dockerfile", IMAGE, IMAGE.replace(" && npm ci", ""), "format", /npm ci/],
    ["a port", "dockerfile", IMAGE, IMAGE.replace(" 443", ""), "format", /443/],
    ["a variable", "dockerfile", "ENV A=1\nENV B=2\nENV C=3\n", "ENV A=1 \\\n    B=2\n", "merge", /C/],
    ["one of several labels", "dockerfile", "LABEL a=1\nLABEL b=2\n", "LABEL a=1\n", "merge the labels", /b/],
    ["an option of a recipe", "makefile", "a: b\n\tcc -O2 -g -o a b\n", "a: b\n\tcc -O2 -o a $<\n", "use $<", /-g/],
    ["sentences", "markdown", TEXT, "The tool reads files and writes them back.\n", "fix the grammar", /delete/],
    ["a sentence", "plaintext", TEXT, TEXT.replace(/ It need.*20\./, "").replace("read", "reads"), "fix it", /Node/],
    [
      "a sentence beside a changed row",
      "markdown",
      `| name | what it does with each of the files |\n\n${TEXT}`,
      `| name | what it does with every one of the files |\n\n${TEXT.replace(/ It run.*/, "")}`,
      "",
      /It run/,
    ],
    [
      "the last link of a chain, in Apply",
      "typescript",
      "const a = (b: B) =>\n  b.list(1)\n    ?.slice(1)\n    .find((c) => c);\nconst d = 1;\n",
      "const a = (b: B) =>\n  b.list(1)\n    ?.slice(1)\nconst d = 2;\n",
      "",
      /find/,
    ],
    ["a mark for tools", "markdown", `${TEXT}\n<!-- end -->\n`, TEXT.replace("read", "reads"), "fix it", /<!-- end/],
    [
      "sentences of LaTeX",
      "latex",
      TEXT.replaceAll(". ", ".\n"),
      "The tool reads files. It writes them back.\n",
      "fix the grammar",
      /delete/,
    ],
    [
      "a repeated head of a query",
      "sql",
      WITHS,
      WITHS.replace("b AS (SELECT 2)", "WITH b AS (SELECT 3)"),
      "",
      /WITH b/,
    ],
    [
      "a repeated WHERE",
      "sql",
      "SELECT a\nFROM t\nWHERE a > 1\n  AND b > 2;\n",
      "SELECT a\nFROM t\nWHERE a > 1\n  WHERE b > 3;\n",
      "",
      /WHERE b/,
    ],
    [
      "a table in itself",
      "sql",
      "CREATE TABLE t (\n  a INT,\n  b INT\n);\n",
      "CREATE TABLE t (\n  a INT,\n  CREATE TABLE t (\n  b BIGINT\n);\n",
      "",
      /CREATE/,
    ],
    [
      "a function that is still called",
      "javascript",
      USED,
      USED.replace(/function two[\s\S]*?\n\}\n\n/, ""),
      "remove dead code",
      /two/,
    ],
    [
      "a method that is still called",
      "python",
      "class A:\n    def a(self):\n        return self.b()\n\n    def b(self):\n        return 1\n",
      "class A:\n    def a(self):\n        return self.b()\n",
      "remove unused methods",
      /\bb\b/,
    ],
    [
      "a variable that is still used",
      "python",
      "a = 1\nb = 2\nc = 3\nprint(a, c)\n",
      "a = 1\nprint(a, c)\n",
      "remove unused variables",
      /c = 3/,
    ],
    [
      "an import that is still used",
      "typescript",
      'import { a } from "a";\nimport { b } from "b";\n\na();\n',
      "\na();\n",
      "remove unused imports",
      /import \{ a/,
    ],
    ["a function that another replaces", "go", GO, GO.replace("Save", "Drop").replace("2", "3"), "add Drop", /Save/],
    ["a function under another name", "go", GO, GO.replace("Save", "Drop").replace("2", "3"), "improve it", /Save/],
    [
      "a function whose name is used",
      "python",
      "def save(p, t):\n    write(p, t)\n\n\ndef run(p):\n    save(p, 1)\n",
      "def save_text(p: str, t: str) -> None:\n    write(p, t)\n\n\ndef run(p):\n    save(p, 1)\n",
      "add type hints",
      /save/,
    ],
    ["a return", "python", BLANK, "def f(x):\n    a = one(x)\n    b = two(a)\n", "compute b", /return a/],
    [
      "a return in TypeScript",
      "typescript",
      "function f(x: A) {\n  const a = one(x);\n\n  return a;\n}\n",
      "function f(x: A) {\n  const a = one(x);\n  const b = two(a);\n}\n",
      "compute b",
      /return a/,
    ],
  ];
  for (const [name, languageId, before, after, asked, expected] of lost)
    it(`names what is removed: ${name}`, async () =>
      assert.match(JSON.stringify((await harm(languageId, before, after, asked)) ?? {}), expected));

  const right: Case[] = [
    ["a licence that is named", "javascript", LICENCE + FUNCTION, FUNCTION, "remove the licence header"],
    ["a licence among comments", "javascript", LICENCE + FUNCTION, FUNCTION, "remove all comments"],
    [
      "a licence in another form",
      "javascript",
      LICENCE + FUNCTION,
      `// SPDX-License-Identifier: MIT\n${FUNCTION}`,
      "use SPDX",
    ],
    [
      "an export in another form",
      "javascript",
      "const f = (x) => x;\n\nmodule.exports = f;\n",
      "const f = (x) => x;\n\nexport default f;\n",
      "convert to an ES module",
    ],
    [
      "an export that is named",
      "javascript",
      "const f = (x) => x;\n\nexport default f;\n",
      "const f = (x) => x;\n",
      "remove the export",
    ],
    ["a call that is named", "javascript", AWAITS, AWAITS.replace("  await b();\n", ""), "remove the call of b"],
    [
      "calls that become one",
      "javascript",
      AWAITS,
      "async function f() {\n  await Promise.all([a(), b(), c()]);\n  return d();\n}\n",
      "run them in parallel",
    ],
    [
      "a call of a removed variable",
      "python",
      "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x.a)\n    return out\n",
      "def f(xs):\n    return [x.a for x in xs]\n",
      "improve it",
    ],
    [
      "what another statement closes",
      "python",
      "def f(p):\n    g = open(p)\n    a = g.read()\n    g.close()\n    return a\n",
      "def f(p):\n    with open(p) as g:\n        a = g.read()\n    return a\n",
      "use with",
    ],
    [
      "a call by another name",
      "python",
      "def f(xs):\n    xs.sort()\n    return xs\n",
      "def f(xs):\n    return sorted(xs)\n",
      "do not change xs",
    ],
    ["options in another form", "shellscript", SYNC, SYNC.replaceAll("exclude ", "exclude="), "use ="],
    ["short options", "shellscript", "ls -l -a dir\n", 'ls -la "dir"\n', "quote"],
    ["quotes", "shellscript", "cp $a $b\n", 'cp "$a" "$b"\n', "quote"],
    ["an option for another", "shellscript", "curl -s -L $a\n", 'curl -fsSL "$a"\n', "quote"],
    ["commands in steps of their own", "dockerfile", IMAGE, IMAGE.replaceAll(" && ", "\nRUN "), "split it"],
    ["steps that become one", "dockerfile", "RUN a\nRUN b -x\nRUN c\n", "RUN a \\\n && b -x \\\n && c\n", "merge"],
    ["variables that become one", "dockerfile", "ENV A=1\nENV B=2\n", "ENV A=1 \\\n    B=2\n", "merge"],
    [
      "sentences that are corrected",
      "markdown",
      TEXT,
      "The tool reads files and writes them back. It never deletes anything, needs Node 20, and runs on Linux and macOS.\n",
      "fix the grammar",
    ],
    ["a mark for tools that is unwanted", "markdown", `${TEXT}\n<!-- end -->\n`, TEXT, "remove the comment"],
    ["sentences that are to be fewer", "markdown", TEXT, "The tool reads and writes files.\n", "summarise it"],
    [
      "sentences in another language",
      "markdown",
      TEXT,
      "Das Werkzeug liest Dateien. Es schreibt sie zurück und löscht nie etwas. Es braucht Node 20 und läuft unter Linux.\n",
      "translate to German",
    ],
    [
      "queries in queries",
      "sql",
      "SELECT a FROM t WHERE b = 1;\n",
      "SELECT a FROM t WHERE b IN (SELECT c FROM u WHERE d = 1)\nUNION\nSELECT a FROM v WHERE b = 1;\n",
      "add v",
    ],
    ["an unused function", "javascript", USED, USED.replace(/\nfunction three[\s\S]*?\n\}\n/, ""), "remove dead code"],
    [
      "unreachable code",
      "javascript",
      "function f(x) {\n  return x + 1;\n  const y = x * 2;\n  console.log(y);\n  return y;\n}\n",
      "function f(x) {\n  return x + 1;\n}\n",
      "remove unreachable code",
    ],
    [
      "unreachable code that the request calls dead",
      "javascript",
      'function f(x) {\n  return x + 1;\n  console.log("never");\n}\n',
      "function f(x) {\n  return x + 1;\n}\n",
      "remove dead code",
    ],
    ["a function that was to be renamed", "go", GO, GO.replace("Save", "Store"), "use clearer names"],
    [
      "a loop that becomes a stream",
      "java",
      NAMES,
      "class A {\n    List<String> names(List<User> users) {\n        return users.stream().map(User::getName).toList();\n    }\n}\n",
      "use a stream",
    ],
    ["a class that becomes a record", "java", POINT, "public record Point(int x, int y) {}\n", "convert to a record"],
    [
      "a constructor that becomes a class",
      "javascript",
      CART,
      "class Cart {\n  constructor() {\n    this.items = [];\n  }\n\n  add(item) {\n    this.items.push(item);\n  }\n}\n",
      "use a class",
    ],
    [
      "a class that becomes a function",
      "python",
      GREETER,
      'def greet(greeting, name):\n    return f"{greeting}, {name}!"\n',
      "turn the class into a function",
    ],
    [
      "what the instruction replaces",
      "css",
      FLOATS,
      ".row {\n  display: flex;\n}\n.left {\n  width: 50%;\n}\n.right {\n  flex: 1;\n}\n",
      "use flexbox instead of floats",
    ],
    [
      "a body of three dots",
      "python",
      "class Reader:\n    def read(self, path: str) -> str:\n        with open(path) as file:\n            return file.read()\n",
      "class Reader(Protocol):\n    def read(self, path: str) -> str:\n        ...\n",
      "make it a protocol stub",
    ],
    [
      "a comment about what follows",
      "javascript",
      "function f(list) {\n  const out = [];\n  for (let i = 1; i < list.length; i++) {\n    out.push(list[i]);\n  }\n  return out;\n}\n",
      "function f([, ...rest]) {\n  // the rest\n  return rest;\n}\n",
      "use destructuring",
    ],
  ];
  letsPass(right);
});
