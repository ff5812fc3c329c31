/** Applies blocks of code to documents, and checks the results. */
import assert from "node:assert/strict";
import { TextDocument } from "vscode-languageserver-textdocument";
import { apply } from "../../../../server/features/apply/apply.ts";
import type { ApplyResult } from "../../../../server/protocol.ts";
import { documentOf, documentsOf, grammars } from "../support.ts";

/** Applies the code. Returns the result, with the document's text afterwards. */
export async function applied(document: TextDocument, code: string): Promise<{ text: string } & ApplyResult> {
  const { uri, version } = document;
  const deps = { documents: documentsOf(document), grammars };
  const result = await apply({ textDocument: { uri, version }, code }, deps);
  return { ...result, text: TextDocument.applyEdits(document, result.edits) };
}

/** Checks that the code is refused as `notPlaced`, with this message. */
export async function refused(document: TextDocument, code: string, why: RegExp): Promise<void> {
  await assert.rejects(applied(document, code), (error: Error & { code?: string }) => {
    assert.equal(error.code, "notPlaced", error.stack);
    assert.match(error.message, why);
    return true;
  });
}

/** A case: its name, the file's language and text, the code to apply, and the expected text. */
export type Application = [name: string, languageId: string, text: string, code: string, after: string];

/** Registers a test for each case: the file becomes exactly the expected text, without a warning. */
export function applications(cases: Application[]): void {
  for (const [name, languageId, text, code, after] of cases)
    it(`${languageId}: ${name}`, async () => {
      const result = await applied(documentOf(text, languageId), code);
      assert.equal(result.text, after);
      assert.equal(result.warning, undefined);
    });
}
