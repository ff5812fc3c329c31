import assert from "node:assert/strict";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { outlineOf } from "../../../../server/features/code/outline.ts";
import { restOfFile } from "../../../../server/features/context/restOfFile.ts";
import { selectionOf } from "../../../../server/features/text/selection.ts";
import { documentOf, grammars, linesRange } from "../support.ts";

const ORDERS = `interface Item {
  price: number;
}

const RATE = 0.2;

function tax(price: number) {
  return price * RATE;
}

${Array.from({ length: 20 }, (_, i) => `const far${i} = ${i};`).join("\n")}

class Ledger {
${Array.from({ length: 12 }, (_, i) => `  entry${i}() {}`).join("\n")}
}

function long() {
${Array.from({ length: 14 }, (_, i) => `  step(${i});`).join("\n")}
}

export function total(items: Item[], ledger: Ledger) {
  return tax(items.length) + long();
}
`;

const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;

async function restOf(document: TextDocument, first: number, last = first): Promise<string[]> {
  const outline = await outlineOf(grammars, document.languageId, document.getText());
  return restOfFile(outline, document, "orders.ts", selectionOf(document, linesRange(document, first, last)));
}

describe("features: the rest of the file", () => {
  const document = documentOf(ORDERS, "typescript", "orders.ts");

  it("holds the declarations that the selection uses, in the file's order, long ones without their bodies", async () => {
    const first = lineOf(ORDERS, "export function total");
    const members = Array.from({ length: 12 }, (_, i) => `  entry${i}() {}`).join("\n");
    assert.deepEqual(await restOf(document, first, first + 2), [
      "Declarations from orders.ts that the selected code uses:\n```typescript\n" +
        "interface Item {\n  price: number;\n}\nfunction tax(price: number) {\n  return price * RATE;\n}\n" +
        `class Ledger {\n${members}\nfunction long() {\n[… 15 lines cut …]\n\`\`\``,
    ]);
  });

  it("is empty when the selection uses nothing else", async () => {
    assert.deepEqual(await restOf(document, 5), []);
  });

  it("is the outline and the lines nearby on a blank line at the top level", async () => {
    const [outline, near, ...more] = await restOf(document, lineOf(ORDERS, "class Ledger") - 1);
    assert.match(outline!, /^Outline of orders\.ts:\n```typescript\ninterface Item \{\nconst RATE = 0\.2;\n/);
    assert.match(outline!, /\nfunction long\(\) \{\nexport function total\(.*\n```$/);
    assert.doesNotMatch(outline!, /class Ledger|far19/);
    assert.match(near!, /^Code from orders\.ts \(lines \d+-\d+\):\n```typescript\n[\s\S]*far19[\s\S]*class Ledger/);
    assert.deepEqual(more, []);
  });

  it("is the outline alone on a blank line inside a declaration", async () => {
    const inside = documentOf("const A = 1;\n\nfunction f() {\n  a();\n\n  b();\n}\n");
    assert.deepEqual(await restOf(inside, 5), ["Outline of orders.ts:\n```typescript\nconst A = 1;\n```"]);
  });

  it("shows at most 60 lines, the nearest declarations", async () => {
    const many = Array.from({ length: 300 }, (_, i) => `const name${i} = ${i};`).join("\n");
    const [outline] = await restOf(documentOf(`${many}\n\n`), 301);
    assert.equal(outline!.split("\n").length - 3, 60);
    assert.match(outline!, /const name284 = 284;\n```$/);
  });

  it("leaves out generated code and data", async () => {
    const minified = documentOf(`const a = [${"1,".repeat(500)}];\n\nfunction f() {\n  return a;\n}\n`);
    assert.deepEqual(await restOf(minified, 3, 5), []);
    assert.deepEqual(await restOf(documentOf('{\n  "a": 1,\n  "b": 2\n}\n', "json"), 2), []);
  });
});
