/** Code for a named part, such as a section, a target or a block of settings, and code that says what it replaces. */
import { documentOf } from "../support.ts";
import { type Application, applications, refused } from "./applied.ts";

const MAKE =
  "CC = gcc\nOBJ = a.o \\\n  b.o\n\n.PHONY: all\n# Builds all.\nall: a b\n\na: a.o\n\t$(CC) -o a a.o\n\nb: b.o\n\t$(CC) -o b b.o\n";
const TEXT =
  "# T\n\nIntro.\n\n## A\n\none\n\n### A1\n\nsub\n\nB\n---\n\n```sh\n# C\n```\n\ntwo [x]\n\n[x]: http://a.b\n";
const SETTINGS =
  '# Web.\nresource "a" "x" {\n  n = 1\n  m = [\n    2,\n  ]\n}\n\nresource "a" "y" {\n  n = 1\n  m = 2\n  z {\n    q = 1\n  }\n}\n';
const HASKELL =
  'module A where\n\n-- | Says it.\nf :: Int -> Int\nf 0 = 1\nf n = n * f (n - 1)\n\ng ::\n  Int\ng = 2\n  where\n    x = 1\n\ninstance Show D where\n  show E = "e"\n  show F = "f"\n  showList = undefined\n';
const CODE = "function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n";

describe("features: code in place of a named part", () => {
  const cases: Application[] = [
    ["a target", "makefile", MAKE, "b: b.o\n\t$(CC) -O2 -o b b.o", MAKE.replace("-o b", "-O2 -o b")],
    [
      "a variable, and a target with a new one behind it",
      "makefile",
      MAKE,
      "OBJ = c.o\n\nb: b.o\n\t$(CC) -o b b.o\n\nclean:\n\trm -f a b",
      `${MAKE.replace("a.o \\\n  b.o", "c.o")}\nclean:\n\trm -f a b\n`,
    ],
    ["a section, without its subsections", "markdown", TEXT, "## A\n\nuno", TEXT.replace("one", "uno")],
    ["a section with a line below its title", "markdown", TEXT, "### A1\n\nnew", TEXT.replace("sub", "new")],
    [
      "a section before its link definitions",
      "markdown",
      TEXT,
      "## B\n\n```sh\n# C\n```\n\nthree [x]",
      TEXT.replace("two", "three").replace("B\n---", "## B"),
    ],
    [
      "a few settings of a block",
      "terraform",
      SETTINGS,
      'resource "a" "y" {\n  m = 3\n}',
      SETTINGS.replace("m = 2", "m = 3"),
    ],
    [
      "a block in a block, and a setting of several lines",
      "terraform",
      SETTINGS,
      'resource "a" "x" {\n  m = []\n}\n\nresource "a" "y" {\n  z {\n    q = 2\n    r = 3\n  }\n}',
      SETTINGS.replace("[\n    2,\n  ]", "[]").replace("q = 1", "q = 2\n    r = 3"),
    ],
    [
      "a message's field",
      "proto3",
      "message A {\n  int32 a = 1;\n  string b = 2;\n}\n\nmessage B {\n  int32 a = 1;\n}\n",
      "message A {\n  string b = 2;\n  int64 c = 3;\n}",
      "message A {\n  int32 a = 1;\n  string b = 2;\n  int64 c = 3;\n}\n\nmessage B {\n  int32 a = 1;\n}\n",
    ],
    [
      "all equations of a function, with its type",
      "haskell",
      HASKELL,
      "f :: Integer -> Integer\nf n = product [1..n]",
      HASKELL.replace("Int -> Int\nf 0 = 1\nf n = n * f (n - 1)", "Integer -> Integer\nf n = product [1..n]"),
    ],
    ["a function without its type", "haskell", HASKELL, "g = 3", HASKELL.replace("2\n  where\n    x = 1", "3")],
    [
      "a function with its type on one line",
      "haskell",
      HASKELL,
      "g :: Integer\ng = 3",
      HASKELL.replace("::\n  Int\ng = 2\n  where\n    x = 1", ":: Integer\ng = 3"),
    ],
    [
      "a few functions of an instance",
      "haskell",
      HASKELL,
      'instance Show D where\n  show E = "E"\n  show F = "F"',
      HASKELL.replace('"e"', '"E"').replace('"f"', '"F"'),
    ],
    [
      "a diff",
      "javascript",
      CODE,
      "--- a/x.js\n+++ b/x.js\n@@ -1,3 +1,3 @@\n function a() {\n-  return 1;\n+  return 10;\n }\n@@ -5,3 +5,4 @@\n function b() {\n+  log();\n   return 2;",
      CODE.replace("1;", "10;").replace("  return 2", "  log();\n  return 2"),
    ],
    [
      "passages between markers",
      "javascript",
      `\ufeff${CODE}`,
      "<<<<<<< SEARCH\n  return 2;\n=======\n  return 20;\n>>>>>>> REPLACE\n\n<<<<<<< SEARCH\nfunction a() {\n=======\nfunction a(c) {\n>>>>>>> REPLACE",
      `\ufeff${CODE.replace("2;", "20;").replace("a()", "a(c)")}`,
    ],
    ["a list whose bullets look like a diff", "markdown", "- a\n- b\n- c\n", "- a\n- d\n- c", "- a\n- d\n- c\n"],
  ];
  applications(cases);

  it("refuses new parts, and parts that are there twice", async () => {
    await refused(documentOf(MAKE, "makefile"), "clean:\n\trm -f a", /does not declare "clean"/);
    await refused(documentOf(TEXT, "markdown"), "# A\n\nuno", /does not declare "# A"/);
    await refused(documentOf("# A\n\na\n\n# A\n\nb\n", "markdown"), "# A\n\nc", /declared 2 times|is in it 2 times/);
    await refused(documentOf(CODE, "javascript"), "@@ -1 +1 @@\n-c();\n+d();", /"c\(\);" is not in it/);
    await refused(
      documentOf(CODE, "javascript"),
      "<<<<<<< SEARCH\n}\n=======\n};\n>>>>>>> REPLACE",
      /"}" \(it is there more than once\)/,
    );
  });
});
