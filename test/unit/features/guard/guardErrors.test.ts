/** What becomes an expression, what is handled, and blocks that have names: what is lost of them, and what only reads so. */
import assert from "node:assert/strict";
import { withoutOuterElisions } from "../../../../server/features/guard/surroundings.ts";
import { type Case, harm, letsPass } from "./cases.ts";

const ROWS =
  'def f(data):\n    rows = []\n    for row in data["rows"]:\n        if row["a"]:\n            rows.append(row)\n    return rows\n';
const TRIES =
  "async function f() {\n  try {\n    const a = await load();\n    show(a);\n  } catch (error) {\n    report(error);\n    hide();\n  }\n}\n";
const BUCKET =
  'resource "aws_s3_bucket" "logs" {\n  bucket = var.name\n}\n\noutput "id" {\n  value = aws_s3_bucket.logs.id\n}\n';
const VERSIONS = 'resource "aws_s3_bucket_versioning" "logs" {\n  status = "Enabled"\n}\n';
const TYPE =
  "pub struct A {\n    x: u8,\n}\n\nimpl A {\n    pub fn get(&self) -> Option<u8> {\n        match self.x {\n            0 => None,\n            x => Some(x),\n        }\n    }\n}\n";
const ITEMS = (languageId: string, items: string) =>
  languageId === "typescriptreact"
    ? `const A = () => (\n  <ul>\n${items}  </ul>\n);\n`
    : languageId === "vue"
      ? `<template>\n  <ul>\n${items}  </ul>\n</template>\n`
      : `<ul>\n${items}</ul>\n`;
const THREE = (open: string, close: string) =>
  [0, 1, 2].map((i) => `    <li>${open}items[${i}]${close}</li>\n`).join("");
const JOINS = "SELECT u.name\nFROM users u\nJOIN orders o ON o.user_id = u.id;\n";

describe("features: the guard, statements that become others", () => {
  const lost: Case[] = [
    [
      "a call that is no longer waited for",
      "typescript",
      "async function f(): Promise<number> {\n  const x = await one();\n  return x;\n}\n",
      "function f(): Promise<number> {\n  const y = one();\n  return y;\n}\n",
      "rename x to y",
    ],
    [
      "a field, for another that is to be added",
      "graphql",
      "type Query {\n  users(first: Int): [User]\n  user(id: ID!): User\n}\n",
      "type Query {\n  users(first: Int): [User]\n  posts: [Post]\n}\n",
      "add posts",
    ],
    [
      "an element of data, for another that is to be added",
      "xml",
      "<all>\n  <one>a</one>\n  <one>b</one>\n</all>\n",
      "<all>\n  <one>a</one>\n  <one>c</one>\n</all>\n",
      "add c",
    ],
    [
      "a handler",
      "javascript",
      TRIES,
      "async function f() {\n  const a = await load();\n  show(a);\n  more();\n}\n",
      "call more",
    ],
    [
      "a handler of Python",
      "python",
      "def f():\n    try:\n        a()\n    except ValueError as e:\n        log(e)\n        raise\n",
      "def f():\n    a()\n    b()\n",
      "call b",
    ],
    ["a block, for a new one", "terraform", BUCKET, BUCKET.replace(/resource[^}]*\}\n/, VERSIONS), "versioning"],
    ["a table that is joined", "sql", JOINS, "SELECT u.name\nFROM users u\nORDER BY u.name;\n", "order by name"],
    [
      "what is returned, of elements with arrows",
      "typescriptreact",
      "function A() {\n  return (\n    <p onClick={() => f()}>a</p>\n  );\n}\n",
      "function A() {\n  <p onClick={() => f()}>b</p>\n}\n",
      "b",
    ],
    [
      "an arm, for a comment that stands for it",
      "rust",
      TYPE,
      TYPE.replace("0 => None,", "// same as before").replace("Some(x)", "Some(x + 1)"),
    ],
    [
      "a branch, for a comment behind the end",
      "kotlin",
      "fun f() {\n    try {\n        a()\n    } catch (e: Exception) {\n        log(e)\n    }\n}\n",
      "fun f() {\n    try {\n        a()\n    } // ... rest stays the same\n}\n",
    ],
    [
      "a test of Elixir",
      "elixir",
      'test "a" do\n  f(1)\nend\n\ntest "b" do\n  g(2)\nend\n',
      'test "a" do\n  f(2)\nend\n',
    ],
  ];
  for (const [name, languageId, before, after, asked] of lost)
    it(`tells ${name}`, async () => assert.notEqual(await harm(languageId, before, after, asked), undefined));

  const right: Case[] = [
    [
      "a call that is returned as it is",
      "typescript",
      "async function f() {\n  return await one();\n}\n",
      "function f() {\n  return one();\n}\n",
    ],
    [
      "calls that are waited for at once",
      "typescript",
      "async function f() {\n  const a = await one();\n  const b = await two();\n  return a + b;\n}\n",
      "async function f() {\n  const [a, b] = await Promise.all([one(), two()]);\n  return a + b;\n}\n",
    ],
    [
      "one of two checks, where one call is left",
      "go",
      'package a\n\nfunc f(p string) ([]byte, error) {\n\tf, err := os.Open(p)\n\tif err != nil {\n\t\treturn nil, fmt.Errorf("open: %w", err)\n\t}\n\tdata, err := io.ReadAll(f)\n\tif err != nil {\n\t\treturn nil, fmt.Errorf("read: %w", err)\n\t}\n\treturn data, nil\n}\n',
      'package a\n\nfunc f(p string) ([]byte, error) {\n\tdata, err := os.ReadFile(p)\n\tif err != nil {\n\t\treturn nil, fmt.Errorf("read: %w", err)\n\t}\n\treturn data, nil\n}\n',
      "simplify",
    ],
    [
      "a list that is an expression now",
      "python",
      ROWS,
      'def f(data):\n    return [row for row in data["rows"] if row["a"]]\n',
    ],
    [
      "a builder that has no name any more",
      "go",
      "package a\n\nfunc f(xs []string) string {\n\tvar b strings.Builder\n\tfor _, x := range xs {\n\t\tb.WriteString(x)\n\t}\n\treturn b.String()\n}\n",
      'package a\n\nfunc f(xs []string) string {\n\treturn strings.Join(xs, "")\n}\n',
    ],
    [
      "a sum of R",
      "r",
      "f <- function(x) {\n  y <- c()\n  for (i in x) {\n    y <- c(y, i * 2)\n  }\n  y\n}\n",
      "f <- function(x) x * 2\n",
    ],
    [
      "a handler that gives what is now the default",
      "python",
      "def f(d, k):\n    try:\n        return d[k]\n    except KeyError:\n        return NONE\n",
      "def f(d, k):\n    return d.get(k, NONE)\n",
    ],
    [
      "a handler in another form",
      "javascript",
      TRIES,
      "function f() {\n  return load().then(show).catch((error) => {\n    report(error);\n    hide();\n  });\n}\n",
    ],
    ["a type beside what is implemented for it", "rust", TYPE, TYPE.replace("x => Some(x)", "y => Some(y)")],
    [
      "one block for several",
      "terraform",
      'resource "a" "x" {\n  p = "x"\n}\n\nresource "a" "y" {\n  p = "y"\n}\n',
      'resource "a" "all" {\n  for_each = toset(["x", "y"])\n  p = each.key\n}\n',
      "use for_each",
    ],
    ["a block beside the others", "terraform", BUCKET, `${BUCKET}\n${VERSIONS}`, "versioning"],
    ["names that a recipe sets itself", "makefile", "a: b.o c.o\n\tgcc -o a b.o c.o\n", "a: b.o c.o\n\tgcc -o $@ $^\n"],
    [
      "a rule for several targets",
      "makefile",
      "a.o: a.c\n\tgcc -c a.c -o a.o\n\nb.o: b.c\n\tgcc -c b.c -o b.o\n",
      "%.o: %.c\n\tgcc -c $< -o $@\n",
      "use a pattern rule",
    ],
    [
      "an element for each value, by an attribute",
      "vue",
      ITEMS("vue", THREE("{{ ", " }}")),
      ITEMS("vue", '    <li v-for="item in items" :key="item">{{ item }}</li>\n'),
      "use a loop",
    ],
    [
      "an element for each value, in a call",
      "typescriptreact",
      ITEMS("typescriptreact", THREE("{", "}")),
      ITEMS("typescriptreact", "    {items.map((item) => (\n      <li key={item}>{item}</li>\n    ))}\n"),
      "use a loop",
    ],
    [
      "a column without its table",
      "sql",
      "SELECT name\nFROM users u\nWHERE (SELECT COUNT(*) FROM orders o WHERE o.user_id = u.id) > 3;\n",
      "WITH c AS (\n  SELECT user_id, COUNT(*) AS n\n  FROM orders\n  GROUP BY user_id\n)\nSELECT u.name\nFROM users u\nJOIN c ON c.user_id = u.id\nWHERE c.n > 3;\n",
      "use a CTE",
    ],
    [
      "an accessor of C#",
      "csharp",
      "class A\n{\n    public int X\n    {\n        get\n        {\n            return _x;\n        }\n    }\n}\n",
      "class A\n{\n    public int X { get; }\n}\n",
    ],
  ];
  letsPass(right);

  it("trims what stands for the code around a part that begins and ends as it did", () => {
    const text = "f() {\n  return 1;\n}";
    const fresh = text.replace("1", "2");
    const trimmed = (code: string) => withoutOuterElisions(code, { text }, "typescript");
    assert.equal(trimmed(`// ...\n\n${fresh}\n\n// ... existing code ...`), fresh);
    assert.equal(trimmed(`// ...\ng();\n${fresh}`), `// ...\ng();\n${fresh}`);
    assert.equal(trimmed(fresh), fresh);
  });
});
