import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { GRAMMARS, Grammars } from "../../../../server/features/code/grammars.ts";
import { newErrors, syntaxErrors } from "../../../../server/features/code/syntax.ts";
import { grammars } from "../support.ts";

/** For each language, a whole text and the same text without its end. */
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
    it(`distinguishes ${languageId} that parses from text that does not`, async () => {
      assert.deepEqual(await syntaxErrors(grammars, languageId, text), []);
      const half = languageId === "python" ? "def f(a):\n    return (a\n" : broken(text);
      assert.ok((await syntaxErrors(grammars, languageId, half))!.length > 0, half);
    });
  }

  it("has an example for every grammar, and a file for every language's grammar", async () => {
    for (const languageId of Object.keys(GRAMMARS))
      assert.notEqual(await syntaxErrors(grammars, languageId, ""), undefined, languageId);
  });

  const NEWER: [languageId: string, text: string][] = [
    ["python", "%matplotlib inline\n!pip install x\nif a:\n    %run b\nfiles = !ls\ndf.head?\n"],
    ["python", "%%bash\nfor i in 1 2; do echo $i; done\n"],
    ["python", "%%time\nx = (a\n  %b)\ny = 'a = %s' % b\n"],
    ["c", "int f(int new) {\n  int class = new, delete = 1;\n  return class;\n}\n"],
    ["c", "typeof(x) y;\nint template, namespace, operator, try, friend;\n"],
    ["c", "typeof(int) x = 0;\nconstexpr int y = 1'000'000;\n"],
    ["php", "<?php\nclass A { function __construct(public private(set) int $x = 1) {} }\n"],
    ["css", "a {\n  &:hover { color: red; }\n  .b & { color: blue; }\n  @media (width > 1px) { color: red; }\n}\n"],
    ["c", 'static const char a[] = {\n#embed "a.png"\n};\n'],
    ["powershell", "Get-ChildItem | ForEach-Object -Parallel { $_.Name } -ThrottleLimit 5\n"],
    ["css", "a {\n  @container side (width > 400px) { b: c; }\n}\n"],
    ["css", "@container side (width > 400px) { a { b: c } }\n@media (400px <= width <= 700px) { a { b: c } }\n"],
    ["css", "@import url(a.css) layer(x) supports(display: grid);\n@layer a, b;\n"],
    ["css", "@container style(--x: 1) { a { b: c } }\n@container a style(--x) and (width > 1px) { a { b: c } }\n"],
    ["css", "@container scroll-state(stuck: top) { a { b: c } }\n@scope (.a) to (.b) { a { b: c } }\n"],
    ["css", "@page :first { margin: 1in; }\n@function --f(--x <length>: 1px) returns <length> { result: var(--x); }\n"],
    [
      "css",
      '@custom-variant dark (&:where(.dark, .dark *));\n@plugin "x";\n@layer a.b,\n  c.d;\n@apply a:b c-[1px];\n',
    ],
    ["css", "a { width: if(style(--x: 1): 2px; else: calc(1px + (2px * 3))); }\n"],
    [
      "shellscript",
      "for x in a b; { echo $x }\nfor x (a b) {\n  if [[ -n $x ]] { a } else { b }\n}\nwhile true {\n  c\n}\nrepeat 3 { d }\n",
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of zsh
    ["shellscript", "for f in **/*.txt(.N); do print -r -- ${f:t:r}; done\nls *(om[1,3]) *.(jpg|png)(N)\n"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of zsh
    ["shellscript", '#!/usr/bin/env zsh\nfor x (${(f)"$(ls)"}) print $x\nprint ${(kv)h} ${${x}:t} ${a[@]:#b*}\n'],
    ["shellscript", "() {\n  (( $+commands[ls] )) && a &!\n}\n{ c } always { d }\ndiff <(a) =(b)\n"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of PowerShell
    ["powershell", "$x = $a ? 1 : 2\n$y = $a ?? 1\n$y ??= 2\n${a}?.b\na | ? { $_ }\n"],
    [
      "typescript",
      "for (using x of y) {}\nawait using a = b();\nimport defer * as c from 'c';\nexport type * from 'a';\n",
    ],
    ["typescript", "interface A<in out T> { x: T }\nabstract class B {\n  abstract accessor x: number;\n}\n"],
    [
      "typescript",
      "import a from './a.json' with { type: 'json' };\nconst b = a satisfies B;\nimport defer from 'd';\n",
    ],
    ["javascript", "class A {\n  accessor x = 1;\n  static accessor y;\n}\n"],
    ["csharp", "static class A {\n  extension(string s) { public int B() => 1; }\n}\n"],
    ["java", "import module java.base;\nclass A { }\n"],
    ["rust", 'unsafe extern "C" { safe fn g(); }\n'],
    ["cpp", "void f() { if consteval { } }\n"],
  ];
  for (const [languageId, text] of NEWER)
    it(`accepts ${languageId} that is newer than its grammar: ${text.split("\n")[0]}`, async () => {
      assert.deepEqual(await syntaxErrors(grammars, languageId, text), []);
      assert.ok((await syntaxErrors(grammars, languageId, `${text}\nx = ((\n`))!.length > 0 || /^%%bash/.test(text));
    });

  it("still finds errors inside such newer syntax", async () => {
    const faulty: [languageId: string, text: string][] = [
      ["css", "@container style(--x: 1 { a { b: c } }\n"],
      ["css", "@layer a.b { a { b: c }\n"],
      ["shellscript", "#!/bin/bash\nls **/*.txt(.N)\n"],
      ["shellscript", "for f in *(.N); do print $f\n"],
    ];
    for (const [languageId, text] of faulty)
      assert.ok((await syntaxErrors(grammars, languageId, text))!.length > 0, text);
  });

  it("names the line and the error", async () => {
    const [error] = (await syntaxErrors(grammars, "typescript", "const a = 1;\nconst b = (2;\nconst c = 3;\n"))!;
    assert.deepEqual(error, { line: 1, what: '")" is missing', text: "const b = (2;" });
  });

  it("does not judge languages without a grammar, or texts that are too long", async () => {
    assert.equal(await syntaxErrors(grammars, "haskell", "("), undefined);
    assert.equal(await syntaxErrors(grammars, "toString", "("), undefined);
    assert.equal(await syntaxErrors(grammars, "css", "a".repeat(1_000_001)), undefined);
  });

  it("reads each grammar once, and tries again after a failed read", async () => {
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

  it("gives up on a text that takes too long, and still judges the next one", async () => {
    const hasty = new Grammars((file) => readFile(`node_modules/@vscode/tree-sitter-wasm/wasm/${file}`), 0);
    // Tree-sitter checks the time only now and then, not within a short text.
    for (let times = 0; times < 2; times++)
      assert.equal(await syntaxErrors(hasty, "java", `${"int a; ".repeat(5000)}(`), undefined);
    assert.deepEqual(await syntaxErrors(hasty, "java", "int a;"), []);
  });

  it("counts errors: none is new unless there are more than before", () => {
    const error = (line: number) => ({ line, what: "x", text: `${line}` });
    assert.deepEqual(newErrors([error(1)], [error(2)]), []);
    assert.deepEqual(newErrors([error(1)], [error(1), error(2)]), [error(2)]);
    assert.deepEqual(newErrors(undefined, [error(1)]), []);
    assert.deepEqual(newErrors([], undefined), []);
    const misfit = (text: string) => ({ line: 1, what: `${JSON.stringify(text)} does not fit`, text });
    assert.deepEqual(newErrors([misfit("new(a)")], [misfit("new(a)"), misfit("new(b)")]), []);
    assert.deepEqual(newErrors([misfit("new(a)")], [misfit("new(a)"), misfit("b)")]), [misfit("b)")]);
  });
});
