import assert from "node:assert/strict";
import fc from "fast-check";
import { cart, documentOf, ending } from "../support.ts";
import { applied, refused } from "./applied.ts";

const CART = cart().getText();
const IS_EVEN = "    if (n % 2 === 0) {\n      return true;\n    } else {\n      return false;\n    }\n";
const SHORTER = CART.replace(IS_EVEN, "    return n % 2 === 0;\n");
const TOTAL = /export function total[\s\S]*$/.exec(CART)![0];
const REDUCED =
  "export function total(items: Item[]) {\n  return items.reduce((sum, { price }) => sum + price, 0);\n}\n";

describe("features: applying a block of code", () => {
  const cases: [name: string, code: string, after: string][] = [
    ["a function", REDUCED, CART.replace(TOTAL, REDUCED)],
    ["a function without its export", REDUCED.replace("export ", ""), CART.replace(TOTAL, REDUCED)],
    ["a function under the file's name", `// src/cart.ts\n${REDUCED}`, CART.replace(TOTAL, REDUCED)],
    ["a method without its class", "isEven(n: number) {\n  return n % 2 === 0;\n}", SHORTER],
    ["a method, deeper and in tabs", "\t\tisEven(n: number) {\n\t\t\treturn n % 2 === 0;\n\t\t}", SHORTER],
    [
      "a class with one of its methods",
      "export class Cart {\n  isEven(n: number) {\n    return n % 2 === 0;\n  }\n}",
      SHORTER,
    ],
    [
      "a class with parts left out",
      "class Cart {\n  // ... existing code ...\n\n  isEven(n: number) {\n    return n % 2 === 0;\n  }\n}",
      SHORTER,
    ],
    [
      "two functions at once, and a new one behind them",
      `${REDUCED}\nfunction clamp(x: number, min: number, max: number) {\n  return Math.max(min, Math.min(max, x));\n}\n\nfunction half(x: number) {\n  return x / 2;\n}`,
      CART.replace(TOTAL, REDUCED).replace(
        /( {2}if \(x < min\)[\s\S]*?return x;\n\})/,
        "  return Math.max(min, Math.min(max, x));\n}\n\nfunction half(x: number) {\n  return x / 2;\n}",
      ),
    ],
    [
      "a new one in front of it",
      `const ZERO = 0;\n\n${REDUCED.replace(", 0)", ", ZERO)")}`,
      CART.replace(TOTAL, `const ZERO = 0;\n\n${REDUCED.replace(", 0)", ", ZERO)")}`),
    ],
    [
      "a comment that replaces the existing one",
      "/** What lies in the cart. */\nexport interface Item {\n  name: string;\n  price: number;\n}",
      CART.replace("A small shopping cart: the sample that the demo explains and edits.", "What lies in the cart."),
    ],
    [
      "a declaration without the comment above it, which stays",
      "export interface Item {\n  name: string;\n  price: bigint;\n}",
      CART.replace("price: number;", "price: bigint;"),
    ],
    [
      "a new method, behind the others",
      "class Cart {\n  // ... existing methods ...\n\n  clear() {\n    this.items = [];\n  }\n}",
      CART.replace(/( {4}\}\n {2}\}\n)(\}\n)/, "$1\n  clear() {\n    this.items = [];\n  }\n$2"),
    ],
    [
      "imports that the file lacks",
      `import { priceOf, sum } from "./prices";\nimport type { Money } from "./money";\n\n${REDUCED}`,
      CART.replace(TOTAL, REDUCED).replace(
        '"./prices";\n',
        '"./prices";\nimport { sum } from "./prices";\nimport type { Money } from "./money";\n',
      ),
    ],
    [
      "some statements, by the first and the last",
      "  let sum = 0;\n  for (const { price } of items) sum += price;\n  return sum;",
      CART.replace(/ {2}for \(let[\s\S]*? {2}\}\n/, "  for (const { price } of items) sum += price;\n"),
    ],
    [
      "the whole file",
      CART.replace(TOTAL, REDUCED).replace("n: number", "n: bigint"),
      CART.replace(TOTAL, REDUCED).replace("n: number", "n: bigint"),
    ],
    ["the whole file but for one function, which stays", CART.replace(TOTAL, ""), CART],
    ["code that is already there", TOTAL, CART],
    [
      "a method with a string that stands further out",
      "\tisEven(n: number) {\n\t\treturn `\nn\n\t\teven`;\n\t}",
      CART.replace(IS_EVEN, "    return `\nn\n\t\teven`;\n"),
    ],
    ["an import alone", 'import { priceOf } from "./prices";', CART],
  ];
  for (const [name, code, after] of cases) {
    for (const eol of ["\n", "\r\n"]) {
      it(`${name}${eol === "\n" ? "" : ", CRLF"}`, async () => {
        const { text, warning } = await applied(documentOf(CART.replaceAll("\n", eol)), code);
        assert.equal(text, after.replaceAll("\n", eol));
        assert.equal(warning, undefined);
      });
    }
  }

  it("warns of what an empty class removes", async () => {
    const { text, warning } = await applied(cart(), "export class Cart {\n}");
    assert.equal(text, CART.replace(/(export class Cart \{\n)[\s\S]*?\n(\})/, "$1$2"));
    assert.match(warning!, /^This edit removes .*isEven/);
  });

  it("refuses statements of which most are left out", () =>
    refused(
      documentOf("start();\none();\ntwo();\nthree();\nstop();\n", "javascript"),
      "start();\nfour();\nstop();",
      /there are 5 lines from "start\(\);" to "stop\(\);", not 3/,
    ));

  it("warns of an answer that stops in the middle of a statement", async () => {
    const checks = Array.from({ length: 10 }, (_, i) => `const check${i} = text.map(use${i});`);
    const end =
      "  .filter(([content, results]) => content && results)\n  .map(([content, calls]) => ({ content, calls }));\n";
    const file = [...checks, "const all = of(checks)", end].join("\n");
    const code = [...checks, "const all = of(checks, checks)"].join("\n");
    assert.match((await applied(documentOf(file), code)).warning ?? "", /filter[\s\S]*calls/);
  });

  it("keeps a field that is not named", async () => {
    const { text, warning } = await applied(cart(), "export interface Item {\n  name: string;\n}");
    assert.equal(text, CART);
    assert.equal(warning, undefined);
  });

  it("places the parts of a function by the lines that they begin and end with", async () => {
    const code =
      "export function total(items: Item[], start = 0) {\n  // ... rest of the code ...\n  return sum + start;\n}";
    await refused(cart(), code, /"return sum \+ start;" is not in it/);
    const unbalanced = code.replace("return sum + start;", "}\n  return sum;");
    await refused(cart(), unbalanced, /unclear where "return sum;" belongs/);
    const [loop, twice] = [/ {2}for \(let[\s\S]*? {2}\}\n/.exec(CART)![0], "    sum += 2 * items[i].price;\n"];
    const changed = loop.replace(/ {4}.*\n/, twice);
    const good = `export function total(items: Item[], start = 0) {\n  // ...\n${changed}  return sum;\n}`;
    const { text } = await applied(cart(), good);
    assert.equal(text, CART.replace(loop, changed).replace("total(items: Item[])", "total(items: Item[], start = 0)"));
  });

  const refusals: [name: string, code: string, why: RegExp][] = [
    ["what the file does not declare", "function tax(x: number) {\n  return x;\n}", /does not declare "tax"/],
    ["an example of its use", `${REDUCED}\nconst sum = total([]);`, /unclear where "sum" belongs/],
    [
      "statements beside a function",
      `${REDUCED}\nconsole.log(total([]));`,
      /where "console\.log\(total\(\[\]\)\);" belongs/,
    ],
    ["statements that the file does not have", "foo();\nbar();", /"foo\(\);" is not in it/],
    ["a line that the file has twice", "return true;\n}", /"\}" is in it/],
    ["prose", "Just add a return.", /is not in it/],
    ["nothing", " \n", /no code/],
  ];
  for (const [name, code, why] of refusals) it(`refuses ${name}`, () => refused(cart(), code, why));

  it("refuses a name that is declared twice, unless its first line tells which is meant", async () => {
    const text = "class A {\n  f(a) {\n    return 1;\n  }\n}\nclass B {\n  f(b) {\n    return 1;\n  }\n}\n";
    await refused(documentOf(text, "javascript"), "f() {\n  return 2;\n}", /"f" is declared 2 times/);
    const { text: after } = await applied(documentOf(text, "javascript"), "f(b) {\n  return 2;\n}");
    assert.equal(after, text.replace(/1(?=;\n {2}\}\n\}\n$)/, "2"));
  });

  it("refuses a name that is declared at the top and inside something else, and mistakes no constant for a method", async () => {
    const text =
      "const is = load();\nfunction f() {\n  return 1;\n}\nrun(() => {\n  function f() {\n    return 2;\n  }\n});\nclass A {\n  is() {\n    return 3;\n  }\n}\n";
    await refused(documentOf(text, "javascript"), "function f() {\n  return 4;\n}", /"f" is declared 2 times/);
    const { text: after } = await applied(documentOf(text, "javascript"), "is() {\n  return 4;\n}");
    assert.equal(after, text.replace("3", "4"));
  });

  it("warns of code that breaks the file", async () => {
    const { warning } = await applied(cart(), REDUCED.replace(", 0)", ", 0"));
    assert.match(warning!, /has a syntax error: line 32/);
  });

  it("works in other languages", async () => {
    const python =
      "import os\n\n@app.route('/')\ndef f(a):\n    return a\n\n\nclass A:\n    def g(self):\n        return 1\n";
    const cases: [languageId: string, text: string, code: string, after: string][] = [
      ["python", python, "def f(a):\n    return a + 1", python.replace("return a", "return a + 1")],
      ["python", python, "    def g(self):\n        return 2", python.replace("1", "2")],
      [
        "python",
        python,
        "import os\nimport sys\n\ndef f(a):\n    return a\n\ndef h():\n    sys.exit()",
        python
          .replace("import os\n", "import os\nimport sys\n")
          .replace("return a\n", "return a\n\n\ndef h():\n    sys.exit()\n"),
      ],
      [
        "go",
        'package a\n\nimport (\n\t"fmt"\n)\n\nfunc f() {\n\tfmt.Println(1)\n}\n',
        'import (\n\t"fmt"\n\t"os"\n)\n\nfunc f() {\n    os.Exit(1)\n}',
        'package a\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc f() {\n\tos.Exit(1)\n}\n',
      ],
      [
        "java",
        "package a;\n\nclass A {\n    int f() {\n        return 1;\n    }\n}\n",
        "import java.util.List;\n\nint f() {\n    return 2;\n}",
        "package a;\n\nimport java.util.List;\n\nclass A {\n    int f() {\n        return 2;\n    }\n}\n",
      ],
      ["haskell", "f x = 1\n\ng x =\n  2\nend\n", "g x =\n  3\nend", "f x = 1\n\ng x =\n  3\nend\n"],
      [
        "kotlin",
        "class A {\n    fun f(x: Int): Int {\n        return x\n    }\n}\n",
        "fun f(x: Int): Int {\n    return 1\n}",
        "class A {\n    fun f(x: Int): Int {\n        return 1\n    }\n}\n",
      ],
      ["json", '{\n  "a": 1,\n  "b": 2\n}\n', '{\n  "a": 1,\n  "b": 3\n}', '{\n  "a": 1,\n  "b": 3\n}\n'],
      ["css", "a {\n  color: red;\n}\nb {\n}\n", "a {\n  color: blue;\n}", "a {\n  color: blue;\n}\nb {\n}\n"],
    ];
    for (const [languageId, text, code, after] of cases)
      assert.equal((await applied(documentOf(text, languageId), code)).text, after, code);
  });

  const name = fc.integer({ min: 0, max: 9 }).map((n) => `name${n}`);
  const body = fc.array(fc.constantFrom("a();", "if (a) {\n    b();\n  }", "// c", "return 1;", ""), { maxLength: 4 });
  const functions = fc.uniqueArray(fc.record({ name, body, exported: fc.boolean(), method: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
    selector: ({ name }) => name,
  });

  it("changes only the function that was changed, in any file", async () => {
    await fc.assert(
      fc.asyncProperty(functions, fc.nat(), body, ending, fc.boolean(), async (all, at, now, eol, documented) => {
        const chosen = at % all.length;
        const write = ({ name, body, exported, method }: (typeof all)[0], lines = body) => {
          const text = `${method ? "" : exported ? "export function " : "function "}${name}(x) {\n${lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)).join("")}}\n`;
          return text;
        };
        const place = (text: string, one: (typeof all)[0]) => {
          const indented = `class In${one.name} {\n${text.replace(/^(?=.)/gm, "  ")}}\n`;
          return `${documented ? "/** Doc. */\n" : ""}${one.method ? indented : text}\n`;
        };
        const file = (texts: string[]) => `import a from "a";\n\n${texts.join("")}end();\n`;
        const texts = all.map((one) => place(write(one), one));
        const one = all[chosen]!;
        const changed = texts.with(chosen, place(write(one, now), one));
        const document = documentOf(file(texts).replaceAll("\n", eol), "javascript");
        const result = await applied(document, write(one, now));
        assert.equal(result.text, file(changed).replaceAll("\n", eol));
        const before = file(texts.slice(0, chosen)).split("\n").length - 2;
        for (const { range } of result.edits) {
          assert.ok(range.start.line >= before);
          assert.ok(range.end.line <= before + texts[chosen]!.split("\n").length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
