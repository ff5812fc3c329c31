/** Imports in an edit, and what precedes them. */
import assert from "node:assert/strict";
import { TextDocument } from "vscode-languageserver-textdocument";
import { separateImports } from "../../../../server/features/edit/editImports.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { documentOf, linesRange } from "../support.ts";

const GO = 'package a\n\nimport "fmt"\n\nfunc f() {\n\tfmt.Println(1)\n}\n';

describe("features: imports in an edit", () => {
  const separated = (text: string, languageId: string, first: number, last: number, code: string) => {
    const document = documentOf(text, languageId);
    const result = separateImports(code, document, selectionOf(document, linesRange(document, first, last)));
    return { code: result.code, text: TextDocument.applyEdits(document, result.edits) };
  };

  it("join the file's own, without the package clause that the reply repeats", () => {
    const code = 'package a\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc f() {\n\tos.Exit(1)\n}';
    assert.deepEqual(separated(GO, "go", 5, 7, code), {
      code: "func f() {\n\tos.Exit(1)\n}",
      text: GO.replace('"fmt"\n', '"fmt"\nimport "os"\n'),
    });
  });

  it("may be missing when the reply repeats the package clause", () => {
    const code = "func f() {\n\tfmt.Println(2)\n}";
    assert.deepEqual(separated(GO, "go", 5, 7, `package a\n\n${code}`), { code, text: GO });
    assert.deepEqual(separated("<?php\n\nf(1);\n", "php", 3, 3, "<?php\nf(2);").code, "f(2);");
  });

  it("keep a package clause that the selection has, or that the file lacks", () => {
    assert.equal(separated(GO, "go", 1, 7, `${GO}\n`).code, `${GO}\n`);
    assert.equal(separated(GO, "go", 5, 7, "package b\n\nfunc f() {}").code, "package b\n\nfunc f() {}");
  });
});
