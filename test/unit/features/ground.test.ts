import assert from "node:assert/strict";
import fc from "fast-check";
import type { Diagnostic } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { ground } from "../../../server/features/ground.ts";
import { cart, documentAndRange, documentOf, linesRange, problem, range } from "./support.ts";

const IMPORTS = 'Imports:\n```typescript\nimport { priceOf } from "./prices";\n```';

function blocksOf(document: TextDocument, first: number, last: number, diagnostics: Diagnostic[] = []): string[] {
  return ground(document, () => "cart.ts", linesRange(document, first, last), diagnostics).blocks;
}

/** The first lines of the blocks: what was chosen. */
const titles = (blocks: string[]) => blocks.map((block) => block.split("\n")[0]);

describe("features: ground", () => {
  it("gives a selected method its class, and dedents it", () => {
    const [imports, around, selected, ...more] = blocksOf(cart(), 22, 28);
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

  it("gives a whole top-level function nothing around it", () => {
    assert.deepEqual(titles(blocksOf(cart(), 9, 13)), ["Imports:", "Selected code from cart.ts (lines 9-13):"]);
  });

  it("gives a part of a function the function", () => {
    assert.deepEqual(titles(blocksOf(cart(), 10, 11)), [
      "Imports:",
      "Code from cart.ts (lines 9-13):",
      "Selected code from cart.ts (lines 10-11):",
    ]);
  });

  it("gives a type its comment", () => {
    assert.deepEqual(titles(blocksOf(cart(), 4, 7))[1], "Code from cart.ts (lines 3-7):");
  });

  it("takes the symbol around the cursor where nothing is selected", () => {
    const { selection } = ground(cart(), () => "cart.ts", range(23, 8, 23, 8), []);
    assert.deepEqual(selection.range, range(21, 0, 27, 3));
  });

  it("tells of the problems in the selection only", () => {
    const blocks = blocksOf(cart(), 9, 13, [problem(9, "Odd.", 2), problem(1, "Far."), problem(10, "Bad.", 4)]);
    assert.equal(blocks.at(-1), "Problems in cart.ts:\n- line 10: warning: Odd.\n- line 11: hint: Bad.");
  });

  it("shows the model nothing but LF", () => {
    const document = documentOf(cart().getText().replaceAll("\n", "\r\n"));
    const diagnostics = [problem(22, "Two\r\nlines.")];
    assert.deepEqual(blocksOf(document, 22, 28, diagnostics), blocksOf(cart(), 22, 28, diagnostics));
  });

  it("cuts a long symbol down to what is around the selection", () => {
    const body = Array.from({ length: 300 }, (_, i) => `  a(${i});`);
    const document = documentOf(["function long() {", ...body, "}"].join("\n"));
    const [around = ""] = blocksOf(document, 151, 152);
    assert.match(around, /^Code from cart\.ts \(lines 1-302\):/);
    assert.match(
      around,
      /\nfunction long\(\) \{\n\[… 110 lines cut …\]\n {2}a\(110\);\n[\s\S]*\n {2}a\(189\);\n\[… 111 lines cut …\]\n```$/,
    );
    assert.deepEqual(titles(blocksOf(document, 2, 200)), ["Selected code from cart.ts (lines 2-200):"]);
  });

  it("leaves out what nobody wrote by hand", () => {
    const document = documentOf(`import "a";\nfunction f() {\n  x("${"y".repeat(20_000)}");\n  z();\n}\n`);
    assert.deepEqual(titles(blocksOf(document, 4, 4)), ["Imports:", "Selected code from cart.ts (lines 4-4):"]);
  });

  it("has a selection for any range of any text", () => {
    fc.assert(
      fc.property(documentAndRange, ({ document, range }) => {
        const { blocks, selection } = ground(document, () => "a.ts", range, []);
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
    it(`are found in ${language}`, () => {
      const document = documentOf(`${text}\nselected\n`, language);
      const { blocks } = ground(document, () => "a", range(document.lineCount - 2, 0, document.lineCount - 2, 8), []);
      assert.deepEqual(blocks.slice(0, -1), imports === "" ? [] : [`Imports:\n\`\`\`${language}\n${imports}\n\`\`\``]);
    });
  }

  it("are cut when there are many, and left out where they are selected", () => {
    const many = Array.from({ length: 30 }, (_, i) => `import a${i} from "${i}";`);
    const document = documentOf([...many, "x();"].join("\n"));
    assert.match(blocksOf(document, 31, 31)[0]!, /import a19 from "19";\n\[… 10 lines cut …\]\n```$/);
    assert.equal(blocksOf(document, 1, 31).length, 1);
  });
});
