/** Names that other code still needs: renamed ones, and ones that are no longer bound. */
import assert from "node:assert/strict";
import { harmOf } from "../../../../server/features/guard/guard.ts";
import { grammars } from "../support.ts";

/** `before` has the selection between « and »; `reply` takes its place. */
type Case = [name: string, languageId: string, before: string, reply: string, asked: string, lost?: string[]];

const harm = (languageId: string, text: string, reply: string, asked: string) => {
  const [above, own, below] = text.split(/[«»]/) as [string, string, string];
  const [first, last] = [above, above + own].map((part) => part.split("\n").length - 1) as [number, number];
  const change = { languageId, before: above + own + below, after: above + reply + below, asked };
  return harmOf({ ...change, ranges: [{ first, last }] }, grammars);
};

describe("features: the guard, names", () => {
  const lost: Case[] = [
    [
      "a function",
      "python",
      "«def load(p):\n    return read(p)»\n",
      "def get(p):\n    return read(p, 1)",
      "read 1",
      ["load"],
    ],
    [
      "a class",
      "typescript",
      "«class A {\n  a() {\n    b();\n  }\n}»\n",
      "class B {\n  a() {\n    b(1);\n  }\n}",
      "give 1",
      ["A"],
    ],
    [
      "a variable below lines that were never reached",
      "javascript",
      "«function a() {\n  return 1;\n  dead();\n  more();\n}\n\nfunction b() {\n  const rows = read();\n  use(rows);\n}»\n",
      "function a() {\n  return 1;\n}\n\nfunction b() {\n  const lines = read();\n  use(rows);\n}",
      "clean up",
      ["rows"],
    ],
    [
      "a variable that is spread",
      "javascript",
      "function b() {\n  «const rows = read();»\n  return [...rows];\n}\n",
      "const lines = read();",
      "clean up",
      ["rows"],
    ],
    ["a constant", "go", "package a\n\n«const MOST = 1»\n", "const limit = 2", "make it 2", ["MOST"]],
    [
      "a field that is still read",
      "typescript",
      "class A {\n  «rows = [];»\n\n  a() {\n    return this.rows;\n  }\n}\n",
      "items: Row[] = [];",
      "add the type",
      ["rows"],
    ],
    [
      "a variable",
      "java",
      "class A {\n  int f(int a) {\n    «int b = a + 1;»\n    return b;\n  }\n}\n",
      "int c = a + 2;",
      "add 2",
      ["b"],
    ],
    [
      "a final variable",
      "dart",
      "int f(int n) {\n  «final a = n;»\n  return a;\n}\n",
      "final b = n + 1;",
      "add one",
      ["a"],
    ],
    [
      "a variable of a namespace's type",
      "cpp",
      "void f() {\n  «const std::string a = b();»\n  use(a);\n}\n",
      "const std::string c = b(1);",
      "give 1",
      ["a"],
    ],
    [
      "a last value",
      "rust",
      "fn f(a: i32) -> i32 {\n    «let b = a + 1;»\n    b\n}\n",
      "let c = a + 2;",
      "add 2",
      ["b"],
    ],
    [
      "a variable in a string template",
      "kotlin",
      'fun f(a: Int) {\n    «val b = a + 1»\n    log("b is $b")\n}\n',
      "val c = a + 2",
      "add 2",
      ["b"],
    ],
    [
      "a variable in a format string",
      "python",
      'def f(a):\n    «b = a + 1»\n    log(f"{b:.2f}")\n',
      "c = a + 2",
      "add 2",
      ["b"],
    ],
    ["a variable", "shellscript", '«total=$((a + 1))»\necho "sum: $total"\n', "sum=$((a + 2))", "add 2", ["total"]],
    [
      "a variable with a sigil",
      "php",
      "<?php\nfunction f($a) {\n    «$b = $a + 1;»\n    return $b;\n}\n",
      "$c = $a + 2;",
      "add 2",
      ["$b"],
    ],
    [
      "a variable whose name another function has, too",
      "lua",
      "local function f(a)\n  «local b = a + 1»\n  return b\nend\n\nlocal function g(b)\n  return b\nend\n",
      "local c = a + 2",
      "add 2",
      ["b"],
    ],
    [
      "a parameter",
      "typescript",
      "«function f(path: string) {»\n  const raw = read(path);\n  return raw;\n}\n",
      "function f(file: string, x = 1) {",
      "add x",
      ["path"],
    ],
    [
      "a parameter on a line of its own",
      "python",
      "def f(\n    «path,»\n    mode,\n):\n    return read(path, mode)\n",
      "file,",
      "improve it",
      ["path"],
    ],
    [
      "a variable of a with statement",
      "python",
      "def f():\n    «with open(a) as b, open(c) as d:»\n        b.write(d.read())\n",
      "with open(a) as b:",
      "add the encoding",
      ["d"],
    ],
    [
      "a variable of a with statement in brackets",
      "python",
      "def f():\n    with (\n        open(a) as b,\n«        open(c) as d,\n»    ):\n        b.write(d.read())\n",
      "",
      "improve it",
      ["d"],
    ],
    [
      "a loop variable",
      "python",
      "for i, x in enumerate(xs):\n    a(x)\n«for i, x in enumerate(xs):»\n    b(i, x)\n",
      "for x in xs:",
      "improve it",
      ["i"],
    ],
    [
      "an exception variable",
      "csharp",
      "try {\n  a();\n}\n«catch (IOException e) {»\n  log(e);\n}\n",
      "catch (Exception) {",
      "catch all",
      ["e"],
    ],
    [
      "a resource",
      "java",
      "class A {\n  void f() throws E {\n    «try (R a = open(); R b = make()) {»\n      a.put(b);\n    }\n  }\n}\n",
      "try (R c = open(); R b = make()) {",
      "improve it",
      ["a"],
    ],
    ["a closure's parameter", "ruby", "«xs.each do |x, i|»\n  a(x, i)\nend\n", "xs.each do |x|", "improve it", ["i"]],
    [
      "a lambda's parameter",
      "kotlin",
      "fun f(xs: List<Int>) {\n    «xs.forEachIndexed { i, x ->»\n        a(i, x)\n    }\n}\n",
      "xs.forEach { x ->",
      "improve it",
      ["i"],
    ],
    [
      "a destructured variable",
      "javascript",
      "function f(o) {\n  «const { a, b: c } = o;»\n  return a + c;\n}\n",
      "const { a } = o;",
      "improve it",
      ["c"],
    ],
    [
      "an error variable",
      "go",
      "package a\n\nfunc f() error {\n\t«if err := b(); err != nil {»\n\t\treturn err\n\t}\n\treturn nil\n}\n",
      "if b() != nil {",
      "improve it",
      ["err"],
    ],
    [
      "a variable that an if binds",
      "swift",
      "func f() {\n    «if let a = b {»\n        c(a)\n    }\n}\n",
      "if b != nil {",
      "improve it",
      ["a"],
    ],
  ];
  for (const [name, languageId, before, reply, asked, names] of lost)
    it(`reports ${name} in ${languageId}`, async () =>
      assert.deepEqual((await harm(languageId, before, reply, asked))?.lost, names));

  const unused: Case[] = [
    [
      "a function",
      "python",
      "«def a(x): return x * 2\n\ndef b(x): return 1»\n\ndef c(y): return a(y)\n",
      "",
      "remove unused functions",
      ["a"],
    ],
    [
      "a function",
      "go",
      "package a\n\n«func a(x int) int { return x }\n\nfunc b() {}»\n\nfunc C(y int) int { return a(y) }\n",
      "",
      "remove unused functions",
      ["a"],
    ],
    [
      "a function",
      "rust",
      "«fn a(x: i32) -> i32 { x }\n\nfn b() {}»\n\npub fn c(y: i32) -> i32 { a(y) }\n",
      "",
      "remove unused functions",
      ["a"],
    ],
  ];
  for (const [name, languageId, before, reply, asked, names] of unused)
    it(`reports ${name} that one line of ${languageId} uses`, async () =>
      assert.deepEqual((await harm(languageId, before, reply, asked))?.lost, names));
  it("reports an import that one line uses", async () =>
    assert.deepEqual(
      (await harm("python", "«import os\nimport sys»\n\ndef f(a): return os.getcwd()\n", "", "remove unused imports"))
        ?.lines,
      ["import os"],
    ));

  const right: Case[] = [
    [
      "the rest of a list",
      "javascript",
      "function f() {\n  «const [, ...chosen] = a;»\n  return chosen;\n}\n",
      "const [, ...chosen] = b;",
      "use b",
    ],
    [
      "a name that is removed everywhere",
      "python",
      "def f(a):\n«    b = a + 1\n    return b»\n",
      "    c = a + 2\n    return c",
      "add 2",
    ],
    [
      "a requested new name",
      "typescript",
      "«function load(a) {\n  return b(a);\n}»\n",
      "function open(a) {\n  return b(a);\n}",
      "rename load to open",
    ],
    [
      "a function that becomes asynchronous",
      "csharp",
      "class A {\n«  void Load() {\n    Read();\n  }»\n}\n",
      "  async Task LoadAsync() {\n    await Read();\n  }",
      "make it async",
    ],
    [
      "a loop that counts",
      "python",
      "def f(xs):\n    «for x in xs:»\n        a(x)\n",
      "for i, x in enumerate(xs):",
      "count",
    ],
    [
      "a name that moves outwards",
      "javascript",
      "function f() {\n  let a;\n  «const b = 1;»\n  return b;\n}\n",
      "let b;\n  b = 1;",
      "improve it",
    ],
    [
      "an added type",
      "java",
      "class A {\n  void f() {\n    «var a = b();»\n    c(a);\n  }\n}\n",
      "final Map<String, Integer> a = b();",
      "name the type",
    ],
    [
      "a parameter that gets an object",
      "typescript",
      "«function f(a: string, b: string) {»\n  return a + b;\n}\n",
      "function f({ a, b }: Options) {",
      "take an object",
    ],
    [
      "parameters on lines of their own",
      "typescript",
      "«function f(a: string, b: string) {»\n  return a + b;\n}\n",
      "function f(\n  a: string,\n  b?: string,\n) {",
      "make b optional",
    ],
    [
      "a variable with a field's name",
      "java",
      "class A {\n  int b;\n\n  int f() {\n    «int b = 1;»\n    return b;\n  }\n}\n",
      "g();",
      "improve it",
    ],
    [
      "a match that becomes an operator",
      "rust",
      "fn f() -> R {\n«    let a = match b() {\n        Ok(a) => a,\n        Err(e) => return Err(e),\n    };»\n    c(a)\n}\n",
      "    let a = b()?;",
      "use ?",
    ],
    [
      "a list that is built in one step",
      "python",
      "async def f(us):\n«    a = []\n    for u in us:\n        a.append(await b(u))»\n    return a\n",
      "    a = await gather(*(b(u) for u in us))",
      "use gather",
    ],
    ["a variable that nobody uses", "python", "«a = 1\nb = 2»\n", "a = 1\nc = 2", "improve it"],
    [
      "a name that a line below binds",
      "javascript",
      "«check(»\n  all((a) => {\n    b(a);\n  }),\n);\n",
      "verify(",
      "use verify",
    ],
    [
      "a word of a comment",
      "python",
      "def f(a):\n«    b = a + 1\n    c(b)»\n    # b is small\n    return 1\n",
      "    c(a + 1)",
      "improve it",
    ],
    [
      "a word of an element",
      "typescriptreact",
      "function F() {\n«  const title = a();\n  b(title);»\n  return <p>The title is here</p>;\n}\n",
      "  b(a());",
      "improve it",
    ],
    [
      "a with statement for a lock",
      "python",
      "def f():\n«    lock.acquire()\n    a = b()\n    lock.release()»\n    return a\n",
      "    with lock:\n        a = b()",
      "use with",
    ],
    [
      "an if that unwraps",
      "swift",
      "func f() {\n«    if let a = b {\n        c(a)\n    }»\n}\n",
      "    guard let a = b else { return }\n    c(a)",
      "use guard",
    ],
  ];
  for (const [name, languageId, before, reply, asked] of right)
    it(`lets pass ${name} in ${languageId}`, async () =>
      assert.equal(await harm(languageId, before, reply, asked), undefined));
});
