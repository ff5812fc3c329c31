/** Losses that no outline shows: items of lists, cases, branches, decorators. And edits that only look like losses. */
import { type Case, letsPass, missesLines, namesRemoved } from "./cases.ts";

const TABLE = "CREATE TABLE users (\n  id INT,\n  name TEXT,\n  mail TEXT\n);\n";
const QUERY = "SELECT\n  id,\n  u.name,\n  mail\nFROM users u\nORDER BY id;\n";
const SWITCH =
  'function f(a) {\n  switch (a) {\n    case "x":\n      return one();\n    case "y":\n      return two();\n    default:\n      return none();\n  }\n}\n';
const MATCH =
  "fn f(a: K) -> u32 {\n    match a {\n        K::One => 1,\n        K::Two => 2,\n        K::Three => 3,\n    }\n}\n";
const SHELL = "case $1 in\n  start)\n    run\n    ;;\n  stop)\n    finish\n    ;;\nesac\n";
const USER = "data class User(\n    val id: Int,\n    val name: String,\n    val mail: String,\n)\n";
const GO =
  'package a\n\nfunc f(a string) int {\n\tswitch a {\n\tcase "x":\n\t\treturn 1\n\tcase "y":\n\t\treturn 2\n\t}\n\treturn 0\n}\n';
const PARAMS = "function A {\n  param(\n    [string]$Name,\n    [switch]$Force\n  )\n  one $Name\n}\n";
const DOCKER = 'FROM node:20\nRUN npm ci\nUSER node\nCMD ["node", "a.js"]\n';

describe("features: the guard, by lists", () => {
  const lost: [...Case, names: string[]][] = [
    ["a column", "sql", TABLE, TABLE.replace("TEXT,\n  mail TEXT", "VARCHAR"), "", ["mail"]],
    ["a column of a query", "sql", QUERY, QUERY.replace("u.name,\n  mail", "u.name"), "", ["mail"]],
    ["a case", "javascript", SWITCH, SWITCH.replace(/ {4}case "y":\n.*\n/, ""), "", ['"y"']],
    ["a case as deep as its switch", "go", GO, GO.replace(/\tcase "y":\n.*\n/, ""), "", ['"y"']],
    ["an arm", "rust", MATCH, MATCH.replace(/.*K::Three.*\n/, "").replace("1,", "11,"), "", ["K::Three"]],
    ["a pattern of the shell", "shellscript", SHELL, SHELL.replace(/ {2}stop[\s\S]*(?=esac)/, ""), "", ["stop"]],
    ["a parameter of a class", "kotlin", USER, USER.replace(/.*mail.*\n/, "").replace("Int", "Long"), "", ["mail"]],
    [
      "an entry of an enum",
      "kotlin",
      "enum class C {\n    RED,\n    BLUE\n}\n",
      "enum class C {\n    RED\n}\n",
      "",
      ["BLUE"],
    ],
    [
      "a component of a record",
      "java",
      "record A(\n    int x,\n    int y\n) {}\n",
      "record A(\n    long x\n) {}\n",
      "",
      ["y"],
    ],
    ["a parameter of a script", "powershell", PARAMS, PARAMS.replace(",\n    [switch]$Force", ""), "", ["Force"]],
    ["an instruction of an image", "dockerfile", DOCKER, DOCKER.replace(/USER[\s\S]*/, ""), "", ["USER", "CMD"]],
  ];
  namesRemoved(lost);

  const lines: [...Case, expected: RegExp][] = [
    [
      "items of a list, of which others are corrected",
      "markdown",
      "- apples are red\n- bananas are yellow\n- cherries are dark\n- dates are brown\n- plums are blue\n",
      "- Apples are red.\n- Bananas are yellow.\n",
      "fix it",
      /cherries[\s\S]*dates[\s\S]*plums/,
    ],
    [
      "a short branch",
      "python",
      "def f(a):\n    if a:\n        x(a)\n        y(a)\n    else:\n        z(a)\n    return a\n",
      "def f(a):\n    if a:\n        x(a, 1)\n        y(a)\n    return a\n",
      "",
      /z\(a\)/,
    ],
    [
      "a finally block",
      "csharp",
      "class A\n{\n    void F()\n    {\n        try\n        {\n            Read(x);\n        }\n        finally\n        {\n            stream.Dispose();\n        }\n    }\n}\n",
      "class A\n{\n    void F()\n    {\n        try\n        {\n            Read(x, 1);\n        }\n    }\n}\n",
      "",
      /Dispose/,
    ],
    [
      "a check of an error that is dropped instead",
      "go",
      "func f() ([]byte, error) {\n\tb, err := read()\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\treturn b, nil\n}\n",
      "func f() ([]byte, error) {\n\tb, _ := read()\n\treturn b, nil\n}\n",
      "simplify",
      /err != nil/,
    ],
    [
      "lines of keywords",
      "typescript",
      "const passes = (file: string) =>\n  inspect(file).then(\n    () => true,\n    () => false,\n  );\nf(1);\n",
      "const passes = (file: string) =>\nf(1);\n",
      "",
      /inspect[\s\S]*true[\s\S]*false/,
    ],
    [
      "a decorator",
      "python",
      "@login_required\ndef f(r):\n    return a(r)\n",
      "def f(r):\n    return a(r, 1)\n",
      "",
      /@login_required/,
    ],
    [
      "an annotation",
      "java",
      'class A {\n    @PreAuthorize("admin")\n    int f() {\n        return a();\n    }\n}\n',
      "class A {\n    int f() {\n        return a(1);\n    }\n}\n",
      "",
      /@PreAuthorize/,
    ],
    [
      "an attribute",
      "csharp",
      "class A\n{\n    [Authorize]\n    int F() => B();\n}\n",
      "class A\n{\n    int F() => B(1);\n}\n",
      "",
      /\[Authorize\]/,
    ],
    [
      "a derive",
      "rust",
      "#[derive(Debug)]\nstruct A {\n    a: u32,\n}\n",
      "struct A {\n    a: u64,\n}\n",
      "",
      /derive/,
    ],
  ];
  missesLines(lines);

  const right: Case[] = [
    ["cases that are merged", "rust", MATCH, MATCH.replace(" => 1,\n        K::Two => 2", " | K::Two => 1")],
    [
      "cases that become a table",
      "javascript",
      SWITCH,
      "const actions = { x: one, y: two };\n\nfunction f(a) {\n  return (actions[a] ?? none)();\n}\n",
    ],
    ["a case that is named", "go", GO, GO.replace(/\tcase "y":\n.*\n/, ""), 'remove the case "y"'],
    [
      "an error that is passed on",
      "go",
      "func f() error {\n\tif err := g(); err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n",
      "func f() error {\n\treturn g()\n}\n",
    ],
    ["a renamed column", "sql", TABLE, TABLE.replace("mail", "email")],
    ["columns on one line", "sql", QUERY, "SELECT id, u.name, mail\nFROM users u\nORDER BY id;\n"],
    [
      "a record that becomes a class",
      "java",
      "record A(\n    int x,\n    int y\n) {}\n",
      "class A {\n    final int x;\n    final int y;\n}\n",
    ],
    [
      "a branch that needs no else",
      "python",
      "def f(a):\n    if a:\n        return x(a)\n    else:\n        return y(a)\n",
      "def f(a):\n    if a:\n        return x(a)\n    return y(a)\n",
    ],
    [
      "branches as an expression",
      "php",
      "<?php\nfunction f($a) {\n    if (isset($a['b'])) {\n        $c = $a['b'];\n    } else {\n        $c = null;\n    }\n    return $c;\n}\n",
      "<?php\nfunction f($a) {\n    return $a['b'] ?? null;\n}\n",
    ],
    [
      "a finally block that a with statement replaces",
      "python",
      "def f(p):\n    h = open(p)\n    try:\n        return h.read()\n    finally:\n        h.close()\n",
      "def f(p):\n    with open(p) as h:\n        return h.read()\n",
    ],
    [
      "a loop with its variables",
      "ruby",
      "def f(xs)\n  result = []\n  xs.each do |x|\n    result << x.name\n  end\n  result\nend\n",
      "def f(xs)\n  xs.map(&:name)\nend\n",
    ],
    [
      "a return that is merged with another",
      "typescript",
      "function f(a: K) {\n  switch (a) {\n    case K.One:\n      return 1;\n    case K.Two:\n      return 1;\n    default:\n      return 0;\n  }\n}\n",
      "function f(a: K) {\n  switch (a) {\n    case K.One:\n    case K.Two:\n      return 1;\n    default:\n      return 0;\n  }\n}\n",
    ],
    ["a line of data, however long", "typescript", `a();\nload(${"a".repeat(60_000)});\nb();\n`, "a();\nb();\n"],
    [
      "a decorator in place of another",
      "python",
      "class A:\n    @property\n    def f(self):\n        return 1\n",
      "class A:\n    @cached_property\n    def f(self):\n        return 1\n",
    ],
  ];
  letsPass(right);
});
