/** Remarks of the model in the code block: dropped unless they belong to the file. */
import assert from "node:assert/strict";
import { codeOf } from "../../../../server/features/reading/editReply.ts";

/** For each language, the selected code and the model's new code. */
const CODE: Record<string, [selected: string, written: string]> = {
  yaml: ["a: 1\nb: 2", "a: 1\nb: 3"],
  toml: ["a = 1\nb = 2", "a = 1\nb = 3"],
  shellscript: ["two -a\nthree -b", "two -a\nthree -c"],
  html: ["<p>a</p>\n<p>b</p>", "<p>a</p>\n<p>c</p>"],
  vue: ["  <p>a</p>\n  <p>b</p>", "  <p>a</p>\n  <p>c</p>"],
  dockerfile: ["RUN b\nRUN c", "RUN b\nRUN d"],
  makefile: ["all:\n\tcc a", "all:\n\tcc -O a"],
  powershell: ["Write-Host a", "Write-Host b"],
  sql: ["SELECT a\nFROM b;", "SELECT c\nFROM b;"],
  python: ["def f():\n    return 1", "def f():\n    return 2"],
};
const REMARKS = [
  "Note: I changed one line.",
  "Explanation:\nThe last line is better now because it uses the option.",
  "**Changes:**\n\n- changed one line\n- kept the others",
  "Hinweis: Die letzte Zeile ist neu.",
];
const INTRODUCTIONS = [
  "Here is the improved version:",
  "Hier ist die verbesserte Version:",
  "Voici la version corrigée :",
];

const read = (code: string, languageId: string, selected: string) =>
  codeOf(`\`\`\`\n${code}\n\`\`\``, { languageId, selected });

describe("features: remarks of the model beside its code", () => {
  for (const [languageId, [selected, written]] of Object.entries(CODE)) {
    it(`are dropped from ${languageId}`, () => {
      for (const remark of REMARKS) assert.equal(read(`${written}\n\n${remark}`, languageId, selected), written);
      for (const line of INTRODUCTIONS) {
        assert.equal(read(`${line}\n\n${written}`, languageId, selected), written);
        assert.equal(read(`${line}\n${written}`, languageId, selected), written);
      }
    });
  }

  const dropped: [name: string, code: string, languageId: string, selected: string, rest: string][] = [
    ["a list", "a: 1\n\n- changed one line", "yaml", "a: 2", "a: 1"],
    ["a sentence", "RUN a\n\nThis is faster than before.", "dockerfile", "RUN b", "RUN a"],
    ["an introduction in another language", "Вот улучшенная версия:\n\na = 1", "ini", "a = 2", "a = 1"],
    ["a note about the change of a text", "The dog.\n\nNote: I changed one word.", "markdown", "The cat.", "The dog."],
    ["a label of a text", "**Translation:**\n\nThe dog.", "markdown", "Die Katze.", "The dog."],
  ];
  for (const [name, code, languageId, selected, rest] of dropped)
    it(`are dropped: ${name}`, () => assert.equal(read(code, languageId, selected), rest));

  const kept: [name: string, code: string, languageId: string, selected: string][] = [
    ["a key with a sentence", "Title: A shop\n\nNote: It is closed today.", "yaml", "Title: A shop"],
    ["a key with a sentence as its value", "a: 1\n\nTitle: It is closed today.", "yaml", "a: 2"],
    ["items of a key above", "steps:\n\n- run all tests", "yaml", "steps:"],
    ["items below others", "- run one test\n\n- run all tests", "yaml", "- run one test"],
    ["deeper lines below a key", "All of the keys:\n\n  a: 1", "yaml", "b: 1"],
    ["text of the page", "<p>a</p>\n\nPrices are without tax.", "html", "<p>a</p>"],
    ["text in a script", "cat <<EOF\nWe are closed today.\nEOF", "shellscript", "cat <<EOF\nEOF"],
    ["a paragraph of a mail", "Dear all,\n\nWe are closed on Monday.", "shellscript", "We are closed on Sunday."],
    ["a note in a document", "The dog.\n\nNote: It is closed today.", "markdown", "The cat."],
    ["a heading of a document", "## Translation\n\nThe dog.", "markdown", "The cat."],
    ["a list's introduction in a document", "Here are the rules:\n\n- Be kind.", "markdown", "Be kind."],
    ["a note that was there", "a = 1\n\nNote: It is closed.", "ini", "a = 2\n\nNote: It is closed."],
    ["what the writer of a letter did", "Hello.\n\nI changed my mind about the text.", "plaintext", "Hi."],
    ["an introduction on a page", "Here is our offer:\n\n<p>a</p>", "html", "<p>b</p>"],
    ["a title in a document", "**Text:**\n\nThe dog.", "markdown", "The cat."],
    ["statements that end like sentences", "a(b).\n\nFoo is a bar.", "prolog", "a(b)."],
    ["a list in a text", "It is so.\n\n- one thing", "shellscript", "It was so."],
    ["a comment", "a = 1\n\n# I changed one line.", "toml", "a = 2"],
    ["a call", "f 1\n\nWrite-Host Now it is done.", "powershell", "f 2"],
    ["a target", "a:\n\tb\n\nAll: one two.", "makefile", "a:\n\tc"],
  ];
  for (const [name, code, languageId, selected] of kept)
    it(`are not ${name}`, () => assert.equal(read(code, languageId, selected), code));

  it("are dropped without a fence, too", () => {
    const answer = "a: 1\nb: 3\n\n**Changes:** one line";
    assert.equal(codeOf(answer, { languageId: "yaml", selected: "a: 1\nb: 2" }), "a: 1\nb: 3");
  });
});
