import assert from "node:assert/strict";
import fc from "fast-check";
import type { Diagnostic } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { codeContext } from "../../../../server/features/context/codeContext.ts";
import { cart, documentAndRange, documentOf, grammars, linesRange, problem, range } from "../support.ts";

const IMPORTS = 'Imports:\n```typescript\nimport { priceOf } from "./prices";\n```';

async function blocksOf(
  document: TextDocument,
  first: number,
  last: number,
  diagnostics: Diagnostic[] = [],
): Promise<string[]> {
  const selected = linesRange(document, first, last);
  return (await codeContext(grammars, document, () => "cart.ts", selected, diagnostics)).blocks;
}

/** The first lines of the blocks, which show what was chosen. */
const titles = (blocks: string[]) => blocks.map((block) => block.split("\n")[0]);

describe("features: code context", () => {
  it("gives a selected method its class, and dedents it", async () => {
    const [imports, around, selected, ...more] = await blocksOf(cart(), 22, 28);
    assert.equal(imports, IMPORTS);
    assert.match(
      around!,
      /^Code from cart\.ts \(lines 15-29\):\n```typescript\nexport class Cart \{\n[\s\S]*\n\}\n```$/,
    );
    assert.match(
      selected!,
      /^Selected code from cart\.ts \(lines 22-28\):\n```typescript\nisEven\(n: number\) \{\n {2}if/,
    );
    assert.deepEqual(more, []);
  });

  it("adds nothing around a whole top-level function", async () => {
    assert.deepEqual(titles(await blocksOf(cart(), 9, 13)), ["Imports:", "Selected code from cart.ts (lines 9-13):"]);
  });

  it("adds the function around a part of it", async () => {
    assert.deepEqual(titles(await blocksOf(cart(), 10, 11)), [
      "Imports:",
      "Code from cart.ts (lines 9-13):",
      "Selected code from cart.ts (lines 10-11):",
    ]);
  });

  it("adds the comment of a type", async () => {
    assert.deepEqual(titles(await blocksOf(cart(), 4, 7))[1], "Code from cart.ts (lines 3-7):");
  });

  it("uses the symbol around the cursor without a selection", async () => {
    const { selection } = await codeContext(grammars, cart(), () => "cart.ts", range(23, 8, 23, 8), []);
    assert.deepEqual(selection.range, range(21, 0, 27, 3));
  });

  it("reports only the problems in the selection", async () => {
    const blocks = await blocksOf(cart(), 9, 13, [problem(9, "Odd.", 2), problem(1, "Far."), problem(10, "Bad.", 4)]);
    assert.equal(blocks.at(-1), "Problems in cart.ts:\n- line 10: warning: Odd.\n- line 11: hint: Bad.");
  });

  it("shows the model only LF", async () => {
    const document = documentOf(cart().getText().replaceAll("\n", "\r\n"));
    const diagnostics = [problem(22, "Two\r\nlines.")];
    assert.deepEqual(await blocksOf(document, 22, 28, diagnostics), await blocksOf(cart(), 22, 28, diagnostics));
  });

  it("cuts a long symbol down to the lines around the selection", async () => {
    const body = Array.from({ length: 300 }, (_, i) => `  a(${i});`);
    const document = documentOf(["function long() {", ...body, "}"].join("\n"));
    const [around = ""] = await blocksOf(document, 151, 152);
    assert.match(around, /^Code from cart\.ts \(lines 1-302\):/);
    assert.match(
      around,
      /\nfunction long\(\) \{\n\[… 110 lines cut …\]\n {2}a\(110\);\n[\s\S]*\n {2}a\(189\);\n\[… 111 lines cut …\]\n```$/,
    );
    assert.deepEqual(titles(await blocksOf(document, 2, 200)), ["Selected code from cart.ts (lines 2-200):"]);
  });

  it("leaves out generated code", async () => {
    const document = documentOf(`import "a";\nfunction f() {\n  x("${"y".repeat(20_000)}");\n  z();\n}\n`);
    assert.deepEqual(titles(await blocksOf(document, 4, 4)), ["Imports:", "Selected code from cart.ts (lines 4-4):"]);
  });

  it("includes a selection for any range of any text", async () => {
    await fc.assert(
      fc.asyncProperty(documentAndRange, async ({ document, range }) => {
        const { blocks, selection } = await codeContext(grammars, document, () => "a.ts", range, []);
        assert.ok(blocks.some((block) => block.startsWith("Selected code from a.ts")));
        if (document.getText(range) !== "") assert.deepEqual(selection.range, range);
      }),
    );
  });
});

describe("features: imports", () => {
  const cases: [language: string, text: string, imports: string][] = [
    [
      "typescript",
      'import {\n  a,\n  b,\n} from "x";\nconst c = require("c");\nimport("d");',
      'import {\n  a,\n  b,\n} from "x";\nconst c = require("c");',
    ],
    [
      "python",
      "#!/bin/env python\nimport os\nfrom a import (\n    b,\n)\n\nx = 1",
      "import os\nfrom a import (\n    b,\n)",
    ],
    ["go", 'package a\n\nimport (\n\t"fmt"\n)\n\nfunc f() {}', 'import (\n\t"fmt"\n)'],
    ["c", "#include <a.h>\n#define B\nint a;", "#include <a.h>"],
    ["rust", "use a::{\n    b,\n};\nfn main() {}", "use a::{\n    b,\n};"],
    ["java", "package a;\n\nimport java.util.List;\n\nclass A {}", "import java.util.List;"],
    ["csharp", "using System;\n\nclass A {}", "using System;"],
    ["klingon", "import a\n", ""],
  ];
  for (const [language, text, imports] of cases) {
    it(`are found in ${language}`, async () => {
      const document = documentOf(`${text}\nselected\n`, language);
      const { blocks } = await codeContext(
        grammars,
        document,
        () => "a",
        range(document.lineCount - 2, 0, document.lineCount - 2, 8),
        [],
      );
      assert.deepEqual(blocks.slice(0, -1), imports === "" ? [] : [`Imports:\n\`\`\`${language}\n${imports}\n\`\`\``]);
    });
  }

  it("are cut when there are many, and left out when they are selected", async () => {
    const many = Array.from({ length: 30 }, (_, i) => `import a${i} from "${i}";`);
    const document = documentOf([...many, "x();"].join("\n"));
    assert.match((await blocksOf(document, 31, 31))[0]!, /import a19 from "19";\n\[… 10 lines cut …\]\n```$/);
    assert.equal((await blocksOf(document, 1, 31)).length, 1);
  });
});
