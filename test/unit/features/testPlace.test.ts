import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { ReplyEvent } from "../../../server/engine/engine.ts";
import { SYSTEM_PROMPT, TESTS_REQUEST } from "../../../server/features/prompts.ts";
import { testFramework } from "../../../server/features/testFramework.ts";
import { testPlace } from "../../../server/features/testPlace.ts";
import { writeTests } from "../../../server/features/tests.ts";
import { cart, documentsOf, END, linesRange, signal, world } from "./support.ts";

describe("features: the place of a test", () => {
  const cases: [name: string, languageId: string, source: string, files: string[], place: string, nearest?: string][] =
    [
      ["no test anywhere: beside the file", "typescript", "src/cart.ts", ["src/cart.ts"], "src/cart.test.ts"],
      [
        "beside its neighbours' tests",
        "typescript",
        "src/cart.ts",
        ["src/tax.spec.ts", "src/tax.ts"],
        "src/cart.spec.ts",
        "src/tax.spec.ts",
      ],
      [
        "as tests elsewhere stand: beside",
        "typescript",
        "src/a/cart.ts",
        ["src/b/tax.test.ts", "src/b/tax.ts"],
        "src/a/cart.test.ts",
        "src/b/tax.test.ts",
      ],
      [
        "in the folder's own folder for tests",
        "typescript",
        "src/a/cart.ts",
        ["src/a/__tests__/tax.test.ts"],
        "src/a/__tests__/cart.test.ts",
        "src/a/__tests__/tax.test.ts",
      ],
      [
        "each folder has one",
        "javascript",
        "src/a/cart.js",
        ["src/b/__tests__/tax.js", "src/b/__tests__/tax.test.js"],
        "src/a/__tests__/cart.test.js",
        "src/b/__tests__/tax.test.js",
      ],
      [
        "at the top, as the sources are laid out",
        "typescript",
        "src/a/cart.ts",
        ["test/a/tax.test.ts"],
        "test/a/cart.test.ts",
        "test/a/tax.test.ts",
      ],
      [
        "at the top, with the sources' folder",
        "typescript",
        "src/a/cart.ts",
        ["test/src/a/tax.test.ts"],
        "test/src/a/cart.test.ts",
        "test/src/a/tax.test.ts",
      ],
      [
        "at the top, all in one",
        "python",
        "shop/cart.py",
        ["tests/test_tax.py", "tests/conftest.py"],
        "tests/test_cart.py",
        "tests/test_tax.py",
      ],
      ["Python's", "python", "shop/cart.py", [], "shop/test_cart.py"],
      ["Go's", "go", "shop/cart.go", ["other/tax_test.go"], "shop/cart_test.go", "other/tax_test.go"],
      [
        "Java's",
        "java",
        "src/main/java/a/Cart.java",
        ["src/test/java/b/TaxTest.java"],
        "src/test/java/a/CartTest.java",
        "src/test/java/b/TaxTest.java",
      ],
      [
        "C#'s",
        "csharp",
        "Shop/Cart.cs",
        ["Shop.Tests/TaxTests.cs"],
        "Shop.Tests/CartTests.cs",
        "Shop.Tests/TaxTests.cs",
      ],
      ["Ruby's", "ruby", "lib/cart.rb", ["spec/tax_spec.rb"], "spec/cart_spec.rb", "spec/tax_spec.rb"],
      ["another language's tests do not count", "python", "cart.py", ["test/a.test.ts"], "test_cart.py"],
      [
        "a test that is there is left alone",
        "typescript",
        "cart.ts",
        ["cart.test.ts", "cart2.test.ts"],
        "cart3.test.ts",
        "cart.test.ts",
      ],
    ];
  for (const [name, languageId, source, files, place, nearest] of cases) {
    it(name, () => assert.deepEqual(testPlace(source, languageId, files), { path: place, nearest }));
  }

  it("is never one that is taken", () => {
    const files = ["a.ts", "a.test.ts", "test/a2.test.ts", "tests/b_test.py"];
    for (const source of ["a.ts", "src/a.ts", "test/a.ts", "b.py", "deep/er/b.py"])
      assert.ok(!files.includes(testPlace(source, source.endsWith("py") ? "python" : "typescript", files).path));
  });
});

describe("features: the framework of a test", () => {
  const frameworkOf = (languageId: string, files: Record<string, string>, example?: string) =>
    testFramework("src/a/cart.x", languageId, {
      files: Object.keys(files),
      example,
      read: async (file) => files[file],
    });

  const cases: [languageId: string, files: Record<string, string>, framework: string | undefined][] = [
    ["typescript", { "package.json": '{"devDependencies": {"vitest": "1"}}' }, "Vitest"],
    [
      "javascript",
      { "package.json": '{"scripts": {"test": "node --test"}}' },
      "Node's own test runner, node:test, with node:assert",
    ],
    [
      "typescript",
      { "package.json": '{"devDependencies": {"jest": "1"}}', "src/package.json": '{"dependencies": {"mocha": "1"}}' },
      "Mocha",
    ],
    ["typescript", { "package.json": "{}", "other/package.json": '{"devDependencies": {"jest": "1"}}' }, undefined],
    ["python", { "pytest.ini": "[x]" }, "pytest"],
    ["python", { "requirements-dev.txt": "pytest==8\n" }, "pytest"],
    ["go", {}, "Go's package testing"],
    ["csharp", { "src/Shop.csproj": '<PackageReference Include="xunit" />' }, "xUnit"],
    ["java", { "pom.xml": "<artifactId>junit-jupiter</artifactId>" }, "JUnit 5"],
    ["toString", {}, undefined],
  ];
  for (const [languageId, files, framework] of cases) {
    it(`${framework} by ${Object.entries(files).join(" ") || languageId}`, async () => {
      assert.equal(await frameworkOf(languageId, files), framework);
    });
  }

  it("is the one of the test that is there", async () => {
    const files = { "package.json": '{"devDependencies": {"jest": "1"}}' };
    assert.equal(await frameworkOf("typescript", files, 'import { it } from "vitest";'), "Vitest");
    assert.equal(await frameworkOf("python", {}, "import unittest\n"), "unittest");
  });
});

describe("features: writing tests", () => {
  const ANSWER: ReplyEvent[] = [{ type: "answer", text: "```ts\ntest;\n\n```", tokens: 3 }, END];
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "nemotron tests-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
  }

  async function written(name: string, text: string) {
    const document = TextDocument.create(pathToFileURL(path.join(folder, name)).href, "typescript", 1, text);
    const documents = { ...documentsOf(document), folders: () => [pathToFileURL(folder).href] };
    const { deps, responded } = world(documents, ANSWER);
    const params = { textDocument: { uri: document.uri }, range: linesRange(document, 1, 1) };
    const result = await writeTests(params, deps, signal, () => {});
    return { ...result, content: responded[0]!.messages[1]!.content };
  }

  it("proposes a file where the project keeps its tests, written as they are", async () => {
    await write({
      "package.json": '{"devDependencies": {"ava": "1"}}',
      "test/tax.test.ts": "import test from 'ava';\r\n",
      "src/cart.ts": "x",
    });
    await symlink(os.tmpdir(), path.join(folder, "link"));
    const { uri, text, content } = await written("src/cart.ts", "export const a = 1;\n");
    assert.equal(uri, pathToFileURL(path.join(folder, "test/cart.test.ts")).href);
    assert.equal(text, "test;\n");
    assert.ok(
      content.startsWith(
        "A test that the project has, test/tax.test.ts:\n```typescript\nimport test from 'ava';\n```\n\nThe project's tests use AVA. The test file will be test/cart.test.ts.\n\n",
      ),
      content,
    );
    assert.ok(content.endsWith(`\n\n${TESTS_REQUEST}`));
  });

  it("never proposes a file outside of the folder, nor behind a link that leads there", async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), "nemotron-outside-"));
    try {
      const inFolder = pathToFileURL(path.join(folder, "x.test.ts")).href;
      await mkdir(path.join(folder, "src"));
      // A folder, a file that is not there yet, and one that is, all of them elsewhere.
      await symlink(outside, path.join(folder, "linked"));
      assert.equal((await written("linked/x.ts", "a\nb\n")).uri, inFolder);
      await symlink(path.join(outside, "new.ts"), path.join(folder, "src/x.test.ts"));
      assert.equal((await written("src/x.ts", "a\nb\n")).uri, inFolder);
      await writeFile(path.join(outside, "new.ts"), "");
      assert.equal((await written("src/x.ts", "a\nb\n")).uri, inFolder);
      await symlink(path.join(outside, "nothing.ts"), path.join(folder, "x.test.ts"));
      assert.equal((await written("src/x.ts", "a\nb\n")).uri, inFolder.replace("x.test", "x2.test"));
      // A way through the folder's own parent.
      const away = TextDocument.create(`${pathToFileURL(folder).href}/../../etc/x.ts`, "typescript", 1, "a\nb\n");
      const documents = { ...documentsOf(away), folders: () => [pathToFileURL(folder).href] };
      const params = { textDocument: { uri: away.uri }, range: linesRange(away, 1, 1) };
      const { uri } = await writeTests(params, world(documents, ANSWER).deps, signal, () => {});
      assert.equal(path.dirname(new URL(uri).pathname), pathToFileURL(folder).pathname);
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it("proposes names that are no devices on Windows, and no folders", async () => {
    for (const [name, proposed] of Object.entries({
      ".con.ts": "con_.test.ts",
      ".NUL.ts": "NUL_.test.ts",
      ".com1.ts": "com1_.test.ts",
      "..\\..\\x.ts": "_.._x.test.ts",
      "a:b|c.ts": "a_b_c.test.ts",
      "\u202ets.x\n.ts": "_ts.x_.test.ts",
    }))
      assert.equal(decodeURIComponent((await written(name, "a\nb\n")).uri.split("/").at(-1)!), proposed);
  });

  it("says no more than before where there is nothing to go by", async () => {
    const { uri, content } = await written("cart.ts", "export const a = 1;\n");
    assert.equal(uri, pathToFileURL(path.join(folder, "cart.test.ts")).href);
    assert.ok(content.startsWith("Selected code from cart.ts"));
  });

  it("names a file that is not there for documents that are nowhere", async () => {
    const document = TextDocument.create("untitled:Untitled-1", "typescript", 1, "a\n");
    const taken = TextDocument.create("untitled:Untitled-1.test.ts", "typescript", 1, "");
    const { deps, responded } = world(documentsOf(document, taken), ANSWER);
    const params = { textDocument: { uri: document.uri }, range: linesRange(document, 1, 1) };
    const { uri } = await writeTests(params, deps, signal, () => {});
    assert.equal(uri, "untitled:Untitled-12.test.ts");
    assert.equal(responded[0]!.messages[0]!.content, SYSTEM_PROMPT);
  });

  it("makes an error of a reply that is cut off, or no code", async () => {
    const document = cart();
    const params = { textDocument: { uri: document.uri }, range: linesRange(document, 9, 13) };
    const end: ReplyEvent = {
      type: "usage",
      stopReason: "length",
      usage: END.type === "usage" ? END.usage : assert.fail(),
    };
    const cut = world(documentsOf(document), [ANSWER[0]!, end]);
    await assert.rejects(
      writeTests(params, cut.deps, signal, () => {}),
      { code: "truncated" },
    );
    const prose = world(documentsOf(document), [{ type: "answer", text: "No.", tokens: 1 }, END]);
    await assert.rejects(
      writeTests(params, prose.deps, signal, () => {}),
      { code: "notCode" },
    );
  });
});
