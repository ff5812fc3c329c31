/** Answers that show a part of what they change: what they do not name stays. */
import assert from "node:assert/strict";
import { documentOf } from "../support.ts";
import { type Application, applications, applied, refused } from "./applied.ts";

const PACKAGE =
  '{\n  "name": "shop",\n  "scripts": {\n    "build": "tsc",\n    "test": "mocha"\n  },\n  "files": ["a"],\n  "license": "MIT"\n}\n';
const SERVICES =
  "# The shop.\nservices:\n  web:\n    image: nginx\n    ports:\n      - 80:80\n  # Keeps data.\n  db:\n    image: postgres\nvolumes:\n  data:\n";
const TASKS = '{\n  "tasks": [\n    { "label": "a", "command": "x" },\n    { "label": "b", "command": "y" }\n  ]\n}\n';
const TABLES = 'name = "a"\n\n[dependencies]\nserde = "1"\nlist = [\n  1,\n]\n\n[profile]\nlto = true\n';
const SHEET = ".a {\n  color: red;\n  margin: 0;\n}\n\n@media print {\n  .a {\n    color: black;\n  }\n}\n";
const PAGE =
  '<body>\n  <h1>Shop</h1>\n  <nav id="top">\n    <a href="/">Home</a>\n  </nav>\n  <p>\n    Text\n  </p>\n</body>\n';
const FUNCTIONS =
  "import os\n\n\ndef one():\n    return 1\n\n\ndef two():\n    return 2\n\n\nif __name__ == '__main__':\n    one()\n";
const TESTS =
  'describe("all", () => {\n  beforeEach(() => open());\n\n  it("is a", () => {\n    a();\n  });\n\n  it("is b", () => {\n    b();\n  });\n});\n';
const CLASS = "class A {\n  n = 1;\n\n  one() {\n    return 1;\n  }\n\n  two() {\n    return 2;\n  }\n}\n";
const VUE =
  '<script setup lang="ts">\nconst n = 1;\n\nfunction f() {\n  return n;\n}\n</script>\n\n<template>\n  <p>{{ n }}</p>\n</template>\n\n<style scoped>\np {\n  color: red;\n}\n</style>\n';

describe("features: partial answers", () => {
  const cases: Application[] = [
    [
      "escaped characters",
      "go",
      "package a\n\nfunc f(a int) bool {\n\treturn a > 0\n}\n",
      "func f(a int) bool {\n\treturn a &lt; 0 &amp;&amp; a &gt; -9\n}",
      "package a\n\nfunc f(a int) bool {\n\treturn a < 0 && a > -9\n}\n",
    ],
    ["a test in a group", "typescript", TESTS, 'it("is b", () => {\n  two();\n});\n', TESTS.replace("b();", "two();")],
    [
      "a group, with a new test and another hook",
      "typescript",
      TESTS,
      'describe("all", () => {\n  beforeEach(() => open(2));\n\n  it("is c", () => {\n    c();\n  });\n});\n',
      TESTS.replace("open());\n", 'open(2));\n\n  it("is c", () => {\n    c();\n  });\n'),
    ],
    [
      "an object on one line",
      "json",
      '{\n  "a": { "b": 1, "c": 2 },\n  "d": 3\n}\n',
      '{ "a": { "b": 5 } }',
      '{\n  "a": { "b": 5, "c": 2 },\n  "d": 3\n}\n',
    ],
    ["one key", "json", PACKAGE, '{\n  "scripts": {\n    "test": "vitest"\n  }\n}', PACKAGE.replace("mocha", "vitest")],
    [
      "keys without the brackets around them",
      "json",
      PACKAGE,
      '"scripts": {\n  "lint": "eslint"\n},',
      PACKAGE.replace('"mocha"', '"mocha",\n    "lint": "eslint"'),
    ],
    [
      "a new key beside one that is there",
      "json",
      PACKAGE,
      '{\n    "license": "MIT",\n    "private": true,\n    "engines": {\n        "node": "20"\n    }\n}',
      PACKAGE.replace('"MIT"', '"MIT",\n  "private": true,\n  "engines": {\n    "node": "20"\n  }'),
    ],
    [
      "a key among those that are left out",
      "jsonc",
      PACKAGE,
      '{\n  // ... existing keys ...\n  "license": "ISC"\n}',
      PACKAGE.replace("MIT", "ISC"),
    ],
    [
      "one of the objects of a list, and a new one",
      "json",
      TASKS,
      '{\n  "tasks": [\n    { "label": "b", "command": "z" },\n    { "label": "c", "command": "w" }\n  ]\n}',
      TASKS.replace('"y" }', '"z" },\n    { "label": "c", "command": "w" }'),
    ],
    [
      "a key deep inside",
      "yaml",
      SERVICES,
      "services:\n  web:\n    image: nginx:1",
      SERVICES.replace("nginx", "nginx:1"),
    ],
    [
      "a new key",
      "yaml",
      SERVICES,
      "services:\n  cache:\n    image: redis",
      SERVICES.replace("postgres\n", "postgres\n  cache:\n    image: redis\n"),
    ],
    ["a table's key", "toml", TABLES, '[dependencies]\nserde = "2"', TABLES.replace('"1"', '"2"')],
    ["a section's key", "ini", "[a]\nx = 1\ny = 2\n[b]\nx = 3\n", "[b]\nx = 4", "[a]\nx = 1\ny = 2\n[b]\nx = 4\n"],
    ["a declaration of a rule", "css", SHEET, ".a {\n  color: blue;\n}", SHEET.replace("red", "blue")],
    [
      "a declaration of a rule in another",
      "scss",
      ".a {\n  color: red;\n  &:hover {\n    color: blue;\n    top: 0;\n  }\n}\n",
      ".a {\n  &:hover {\n    color: green;\n  }\n}",
      ".a {\n  color: red;\n  &:hover {\n    color: green;\n    top: 0;\n  }\n}\n",
    ],
    ["an element", "html", PAGE, "<body>\n  <h1>The Shop</h1>\n</body>", PAGE.replace("Shop", "The Shop")],
    [
      "an element by its id",
      "html",
      PAGE,
      '<nav id="top">\n  <a href="/">Start</a>\n</nav>',
      PAGE.replace("Home", "Start"),
    ],
    [
      "imports and some functions",
      "python",
      FUNCTIONS,
      "import os\n\n\ndef two():\n    return 3",
      FUNCTIONS.replace("return 2", "return 3"),
    ],
    [
      "all functions, without what runs them",
      "python",
      FUNCTIONS,
      "import os\n\n\ndef one():\n    return 3\n\n\ndef two():\n    return 2",
      FUNCTIONS.replace("return 1", "return 3"),
    ],
    [
      "half of a class",
      "javascript",
      CLASS,
      "class A {\n  n = 2;\n\n  one() {\n    return 1;\n  }\n}",
      CLASS.replace("n = 1", "n = 2"),
    ],
    [
      "a class with two methods of one name",
      "java",
      "class A {\n  int f(int a) {\n    return 1;\n  }\n\n  int f(String a) {\n    return 2;\n  }\n}\n",
      "class A {\n  int f(int a) {\n    return 3;\n  }\n}",
      "class A {\n  int f(int a) {\n    return 3;\n  }\n\n  int f(String a) {\n    return 2;\n  }\n}\n",
    ],
    [
      "a class in a namespace, with a part of it",
      "typescript",
      `namespace N {\n${CLASS.replace(/^(?=.)/gm, "  ")}}\n`,
      "namespace N {\n  class A {\n    two() {\n      return 3;\n    }\n  }\n}",
      `namespace N {\n${CLASS.replace(/^(?=.)/gm, "  ")}}\n`.replace("return 2", "return 3"),
    ],
    [
      "a field of a type",
      "typescript",
      "interface A {\n  a: number;\n  b: string;\n}\n",
      "interface A {\n  c?: number;\n}",
      "interface A {\n  a: number;\n  b: string;\n  c?: number;\n}\n",
    ],
    [
      "a field, changed",
      "typescript",
      "type A = {\n  a: number;\n  b: string;\n};\n",
      "type A = {\n  b: number;\n};",
      "type A = {\n  a: number;\n  b: number;\n};\n",
    ],
    [
      "a key of an object",
      "javascript",
      'const a = {\n  b: 1,\n  c: "d"\n};\n',
      "const a = {\n  e: 2,\n};",
      'const a = {\n  b: 1,\n  c: "d",\n  e: 2,\n};\n',
    ],
    [
      "a member of an enum",
      "typescript",
      "enum A {\n  B = 1,\n  C = 2,\n}\n",
      "enum A {\n  D = 3,\n}",
      "enum A {\n  B = 1,\n  C = 2,\n  D = 3,\n}\n",
    ],
    [
      "a field of a struct",
      "go",
      "package a\n\ntype A struct {\n\tb int\n\tc int\n}\n",
      "type A struct {\n\tc string\n}",
      "package a\n\ntype A struct {\n\tb int\n\tc string\n}\n",
    ],
    [
      "sections of a file with their tags",
      "vue",
      VUE,
      "<script setup>\nconst n = 2;\n\nfunction f() {\n  return n;\n}\n</script>\n\n<template>\n  <b>{{ n }}</b>\n</template>",
      VUE.replace("n = 1", "n = 2").replace("<p>{{ n }}</p>", "<b>{{ n }}</b>"),
    ],
    [
      "a function of the script",
      "vue",
      VUE,
      "function f() {\n  return 2 * n;\n}",
      VUE.replace("return n", "return 2 * n"),
    ],
    ["a rule of the style", "vue", VUE, "p {\n  color: blue;\n}", VUE.replace("red", "blue")],
    [
      "a method of an object",
      "javascript",
      "const a = {\n  get() {\n    return 1;\n  },\n  put() {},\n};\n",
      "get() {\n  return 2;\n}",
      "const a = {\n  get() {\n    return 2;\n  },\n  put() {},\n};\n",
    ],
    [
      "fields among those that are left out",
      "typescript",
      "interface A {\n  a: number;\n}\n",
      "interface A {\n  // ... existing fields\n  b: string;\n}",
      "interface A {\n  a: number;\n  b: string;\n}\n",
    ],
    [
      "a key among those that are left out, behind one without a comma",
      "javascript",
      "const a = {\n  b: 1\n};\n",
      "const a = {\n  // existing keys\n  c: 2\n};",
      "const a = {\n  b: 1,\n  c: 2\n};\n",
    ],
    [
      "a statement in front of what is left out",
      "javascript",
      "function f(a) {\n  b(a);\n  return a;\n}\n",
      "function f(a) {\n  if (!a) return 0;\n  // ...\n}",
      "function f(a) {\n  if (!a) return 0;\n  b(a);\n  return a;\n}\n",
    ],
    [
      "a statement behind what is left out",
      "javascript",
      "function f(a) {\n  b(a);\n  return a;\n}\n",
      "function f(a) {\n  // ...\n  log(a);\n  return a;\n}",
      "function f(a) {\n  b(a);\n  log(a);\n  return a;\n}\n",
    ],
  ];
  applications(cases);

  it("are refused when they share nothing with the file, or may be a changed line of it", async () => {
    await refused(documentOf(PACKAGE, "json"), '{\n  "compilerOptions": {}\n}', /does not declare "compilerOptions"/);
    await refused(documentOf(SERVICES, "yaml"), "jobs:\n  a: 1", /does not declare "jobs"/);
    const f = documentOf("function f(a) {\n  b(a);\n  return a;\n}\n", "javascript");
    await refused(f, "function f(a) {\n  b(a, true);\n  // rest of the function\n}", /"b\(a, true\);" is not in it/);
    await refused(f, "function f(a) {\n  // ...\n  return 2;\n}", /"return 2;" is not in it/);
  });

  it("keep the line endings of the file", async () => {
    const { text } = await applied(
      documentOf(PACKAGE.replaceAll("\n", "\r\n"), "json"),
      '{\n  "license": "ISC",\n  "type": "module"\n}',
    );
    assert.equal(text, PACKAGE.replace('"MIT"', '"ISC",\n  "type": "module"').replaceAll("\n", "\r\n"));
  });
});

describe("features: what stands above a declaration", () => {
  const python = (above: string, body = 1) => `${above}def f():\n    return ${body}\n\n\nx = f()\n`;
  const code = (above: string) => `${above}def f():\n    return 2`;
  const java = (above: string, body = 1) => `class A {\n${above}    int f() {\n        return ${body};\n    }\n}\n`;
  applications([
    [
      "a function keeps the parameters of its template",
      "cpp",
      "template <typename T>\nT one(T a) {\n    return a;\n}\n\nint two() {\n    return 2;\n}\n",
      "T one(T a) {\n    return a + 1;\n}",
      "template <typename T>\nT one(T a) {\n    return a + 1;\n}\n\nint two() {\n    return 2;\n}\n",
    ],
    [
      "a method keeps its visibility",
      "rust",
      "impl A {\n    pub fn one(&self) -> u32 {\n        1\n    }\n}\n",
      "fn one(&self) -> u32 {\n    10\n}",
      "impl A {\n    pub fn one(&self) -> u32 {\n        10\n    }\n}\n",
    ],
    [
      "a static method stays static",
      "java",
      "class A {\n    public static int one() {\n        return 1;\n    }\n}\n",
      "int one() {\n    return 10;\n}",
      "class A {\n    public static int one() {\n        return 10;\n    }\n}\n",
    ],
    [
      "a method with another visibility gets it",
      "typescript",
      "class A {\n  private one() {\n    return 1;\n  }\n}\n",
      "protected async one() {\n  return 10;\n}",
      "class A {\n  protected async one() {\n    return 10;\n  }\n}\n",
    ],
  ]);
  applications([
    [
      "the comment of several lines above the next member of a type stays",
      "typescript",
      "type A = {\n  /** One. */\n  one(a: string): void;\n  /**\n   * Two,\n   * and more.\n   */\n  two: string;\n};\n",
      "  /** Changed. */\n  one(a: number): void;",
      "type A = {\n  /** Changed. */\n  one(a: number): void;\n  /**\n   * Two,\n   * and more.\n   */\n  two: string;\n};\n",
    ],
    [
      "a decorator stays beside a new comment",
      "python",
      python("@cache\n"),
      code("# Why.\n"),
      python("# Why.\n@cache\n", 2),
    ],
    [
      "a comment stays beside the decorator",
      "python",
      python("# Why.\n@cache\n"),
      code("@cache\n"),
      python("# Why.\n@cache\n", 2),
    ],
    [
      "another comment replaces it alone",
      "python",
      python("# Why.\n@cache\n"),
      code("# Because.\n"),
      python("# Because.\n@cache\n", 2),
    ],
    [
      "a decorator with other arguments replaces it alone",
      "python",
      python('@route("/a")\n@login\n'),
      code('@route("/b")\n'),
      python('@route("/b")\n@login\n', 2),
    ],
    [
      "a new decorator joins the others",
      "python",
      python("@login\n"),
      code("@cache\n@login\n"),
      python("@login\n@cache\n", 2),
    ],
    [
      "a comment for a tool stays",
      "python",
      python("# noqa: E302\n"),
      code("# Why.\n"),
      python("# Why.\n# noqa: E302\n", 2),
    ],
    [
      "both stay when the code has neither",
      "python",
      python("# Why.\n@cache\n"),
      code(""),
      python("# Why.\n@cache\n", 2),
    ],
    [
      "an annotation stays beside a new comment",
      "java",
      java("    @Get\n"),
      "/** Doc. */\nint f() {\n    return 2;\n}",
      java("    /** Doc. */\n    @Get\n", 2),
    ],
    [
      "an annotation on the declaration's line stays",
      "java",
      java("").replace("int f", "@Override int f"),
      "int f() {\n    return 2;\n}",
      java("", 2).replace("int f", "@Override int f"),
    ],
    [
      "an attribute stays beside a new comment",
      "rust",
      "#[derive(Debug)]\nstruct A {\n    a: u8,\n}\n\nfn f() {}\n",
      "/// Doc.\nstruct A {\n    a: u16,\n}",
      "/// Doc.\n#[derive(Debug)]\nstruct A {\n    a: u16,\n}\n\nfn f() {}\n",
    ],
    ["a comment with the file's name is dropped", "python", python(""), code("# shop/cart.py\n"), python("", 2)],
    ["a comment with a version is kept", "python", python(""), code("# v1.2\n"), python("# v1.2\n", 2)],
  ]);
});

const QUERY = 'class Dao {\n    fun find(): String {\n        return """\nSELECT *\nFROM users\n"""\n    }\n}\n';
const DOCUMENTED = 'class A:\n    def f(self):\n        """Adds.\n\n        Twice.\n        """\n        return 1\n';

describe("features: text that is not code, in an answer", () => {
  applications([
    [
      "a byte order mark stays in front",
      "typescript",
      "\ufeffimport { a } from './a';\n\nconst x = a;\n",
      "import { a, b } from './a';\n\nconst x = b;",
      "\ufeffimport { a } from './a';\nimport { b } from './a';\n\nconst x = b;\n",
    ],
    [
      "strings stay at the margin in a method without its class",
      "php",
      "<?php\nclass A\n{\n    function f()\n    {\n        return <<<X\na\nX;\n    }\n}\n",
      "function f()\n{\n    return <<<X\nb\nX;\n}",
      "<?php\nclass A\n{\n    function f()\n    {\n        return <<<X\nb\nX;\n    }\n}\n",
    ],
    [
      "strings stay at the margin",
      "kotlin",
      QUERY,
      'fun find(): String {\n    return """\nSELECT id\nFROM users\n"""\n}',
      QUERY.replace("*", "id"),
    ],
    [
      "strings stay where the answer has them, when all their lines are new",
      "go",
      "package a\n\nfunc q() string {\n\treturn `\nA\n`\n}\n",
      "func q() string {\n    return `\nB\n  C\n`\n}",
      "package a\n\nfunc q() string {\n\treturn `\nB\n  C\n`\n}\n",
    ],
    [
      "strings stay where the file has them, when the answer is less indented",
      "javascript",
      "class A {\n  f() {\n    return `\n    <a>\n    </a>`;\n  }\n}\n",
      "f() {\n  return `\n    <a>\n    b\n    </a>`;\n}",
      "class A {\n  f() {\n    return `\n    <a>\n    b\n    </a>`;\n  }\n}\n",
    ],
    [
      "strings that are indented like the code move with it",
      "python",
      DOCUMENTED,
      'def f(self):\n    """Adds.\n\n    Thrice.\n    """\n    return 1',
      DOCUMENTED.replace("Twice", "Thrice"),
    ],
  ]);
});

describe("features: what stands above members", () => {
  applications([
    [
      "stays when the answer's whole class lacks it",
      "java",
      "class A {\n  @Inject\n  B b;\n\n  /** Tests. */\n  @Test\n  void f() {\n    one();\n  }\n}\n",
      "class A {\n  @Inject\n  B b;\n\n  void f() {\n    two();\n  }\n}",
      "class A {\n  @Inject\n  B b;\n\n  /** Tests. */\n  @Test\n  void f() {\n    two();\n  }\n}\n",
    ],
    [
      "stays when a comment is in between",
      "python",
      "@a\n# Why.\ndef f():\n    return 1\n",
      "def f():\n    return 2",
      "@a\n# Why.\ndef f():\n    return 2\n",
    ],
    [
      "does not prevent a new key",
      "yaml",
      "a:\n  b:\n    c: 1\n    d: 2\n",
      "a:\n  b:\n    c: 3\n    e: 4",
      "a:\n  b:\n    c: 3\n    e: 4\n    d: 2\n",
    ],
  ]);
});
