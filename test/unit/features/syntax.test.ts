import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { GRAMMARS, Grammars } from "../../../server/features/grammars.ts";
import { newErrors, syntaxErrors } from "../../../server/features/syntax.ts";
import { grammars } from "./support.ts";

/** Of each language a whole text, and what it is without its end. */
const WHOLE: Record<string, string> = {
  typescript: "export function f(a: number): number {\n  return a;\n}\n",
  typescriptreact: "const a = <p className={b}>{c}</p>;\nfunction f() {\n  return 1;\n}\n",
  javascript: "const f = (a) => {\n  return a;\n}\n",
  javascriptreact: "const f = () => {\n  return <p />;\n}\n",
  python: "def f(a):\n    return (a)\n",
  go: "package a\n\nfunc f(a int) int {\n\treturn a\n}\n",
  rust: "fn f(a: u8) -> u8 {\n    a\n}\n",
  java: "class A {\n  int f() { return 1; }\n}\n",
  c: "int f(int a) {\n  return a;\n}\n",
  cpp: "class A {\n  int f();\n};\nint g() {\n  return 1;\n}\n",
  csharp: "class A {\n  int F() => 1;\n}\n",
  css: "a {\n  color: red;\n}\n",
  php: "<?php\nfunction f() {\n  return 1;\n}\n",
  ruby: "def f(a)\n  [a]\nend\n",
  shellscript: "f() {\n  echo a\n}\n",
  powershell: "function f {\n  Write-Host 1\n}\n",
  json: '{\n  // a\n  "a": [1]\n}\n',
  jsonc: '{\n  "a": [1,],\n}\n',
};
const broken = (text: string) => text.replace(/\S+\s*$/, "").replace(/\(a\)$/, "(a");

describe("features: syntax", () => {
  for (const [languageId, text] of Object.entries(WHOLE)) {
    it(`tells ${languageId} that parses from what does not`, async () => {
      assert.deepEqual(await syntaxErrors(grammars, languageId, text), []);
      const half = languageId === "python" ? "def f(a):\n    return (a\n" : broken(text);
      assert.ok((await syntaxErrors(grammars, languageId, half))!.length > 0, half);
    });
  }

  it("has a text for every grammar, and a grammar's file for every language", async () => {
    for (const languageId of Object.keys(GRAMMARS))
      assert.notEqual(await syntaxErrors(grammars, languageId, ""), undefined, languageId);
  });

  it("names the line and what is wrong with it", async () => {
    const [error] = (await syntaxErrors(grammars, "typescript", "const a = 1;\nconst b = (2;\nconst c = 3;\n"))!;
    assert.deepEqual(error, { line: 1, what: '")" is missing', text: "const b = (2;" });
  });

  it("does not judge what it has no grammar for, and what is too long", async () => {
    assert.equal(await syntaxErrors(grammars, "haskell", "("), undefined);
    assert.equal(await syntaxErrors(grammars, "toString", "("), undefined);
    assert.equal(await syntaxErrors(grammars, "css", "a".repeat(1_000_001)), undefined);
  });

  it("reads each grammar once, and tries again when it could not be read", async () => {
    const read: string[] = [];
    let fails = true;
    const own = new Grammars(async (file) => {
      read.push(file);
      if (fails && file.includes("css")) throw new Error("gone");
      return readFile(`node_modules/@vscode/tree-sitter-wasm/wasm/${file}`);
    });
    await assert.rejects(syntaxErrors(own, "css", "a {}"), /gone/);
    fails = false;
    await Promise.all([syntaxErrors(own, "css", "a {}"), syntaxErrors(own, "css", "b {}")]);
    assert.deepEqual(read, ["tree-sitter.wasm", "tree-sitter-css.wasm", "tree-sitter-css.wasm"]);
  });

  it("counts errors: where there are no more than before, none is new", () => {
    const error = (line: number) => ({ line, what: "x", text: `${line}` });
    assert.deepEqual(newErrors([error(1)], [error(2)]), []);
    assert.deepEqual(newErrors([error(1)], [error(1), error(2)]), [error(2)]);
    assert.deepEqual(newErrors(undefined, [error(1)]), []);
    assert.deepEqual(newErrors([], undefined), []);
  });
});
