import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { ReplyEvent } from "../../../../server/engine/engine.ts";
import { testFramework } from "../../../../server/features/tests/testFramework.ts";
import { testPlace } from "../../../../server/features/tests/testPlace.ts";
import { writeTests } from "../../../../server/features/tests/tests.ts";
import { moreTestsRequest, SYSTEM_PROMPT, TESTS_REQUEST } from "../../../../server/features/text/prompts.ts";
import { cart, documentsOf, END, linesRange, signal, world } from "../support.ts";

describe("features: the place of a test", () => {
  const cases: [name: string, languageId: string, source: string, files: string[], place: string, nearest?: string][] =
    [
      ["clojure, none yet", "clojure", "src/shop/cart.clj", ["project.clj"], "test/shop/cart_test.clj"],
      [
        "clojure, beside others",
        "clojure",
        "src/shop/cart.cljc",
        ["deps.edn", "test/shop/order_test.cljc", "src/shop/order.cljc"],
        "test/shop/cart_test.cljc",
        "test/shop/order_test.cljc",
      ],
      [
        "a layout without the package's name",
        "python",
        "shop/models/cart.py",
        ["tests/models/test_order.py", "shop/models/order.py"],
        "tests/models/test_cart.py",
        "tests/models/test_order.py",
      ],
      [
        "a layout without the package's name, in a folder without tests",
        "python",
        "src/shop/views/cart.py",
        ["tests/models/test_order.py", "src/shop/models/order.py"],
        "tests/views/test_cart.py",
        "tests/models/test_order.py",
      ],
      [
        "among unit tests",
        "php",
        "app/Cart.php",
        ["composer.json", "tests/Pest.php", "tests/Unit/OrderTest.php"],
        "tests/Unit/CartTest.php",
        "tests/Unit/OrderTest.php",
      ],
      [
        "in an empty folder for unit tests",
        "php",
        "src/Cart.php",
        ["composer.json", "tests/Unit/.gitkeep"],
        "tests/Unit/CartTest.php",
      ],
      [
        "among unit tests, not those of another kind",
        "python",
        "shop/cart.py",
        ["tests/integration/test_all.py", "tests/unit/test_tax.py", "shop/tax.py"],
        "tests/unit/test_cart.py",
        "tests/unit/test_tax.py",
      ],
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
        "beside the file, like tests elsewhere",
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
        "in each folder's own folder for tests",
        "javascript",
        "src/a/cart.js",
        ["src/b/__tests__/tax.js", "src/b/__tests__/tax.test.js"],
        "src/a/__tests__/cart.test.js",
        "src/b/__tests__/tax.test.js",
      ],
      [
        "at the top, in the sources' layout",
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
        "at the top, all in one folder",
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
        "Maven's and Gradle's, without a test",
        "kotlin",
        "app/src/main/kotlin/a/Cart.kt",
        [],
        "app/src/test/kotlin/a/CartTest.kt",
      ],
      ["a crate's", "rust", "core/src/cart.rs", ["core/Cargo.toml"], "core/tests/cart_test.rs"],
      ["Elixir's", "elixir", "lib/shop/cart.ex", ["mix.exs", "test/test_helper.exs"], "test/shop/cart_test.exs"],
      ["Dart's", "dart", "lib/cart.dart", ["pubspec.yaml"], "test/cart_test.dart"],
      ["PHP's", "php", "src/Cart.php", ["composer.json"], "tests/CartTest.php"],
      ["RSpec's, by its helper", "ruby", "lib/cart.rb", ["spec/spec_helper.rb"], "spec/cart_spec.rb"],
      ["ScalaTest's", "scala", "src/main/scala/Cart.scala", ["build.sbt"], "src/test/scala/CartTest.scala"],
      ["RSpec's, without a test", "ruby", "app/models/cart.rb", [".rspec"], "spec/models/cart_spec.rb"],
      ["Swift's", "swift", "Sources/Shop/Cart.swift", ["Package.swift"], "Tests/ShopTests/CartTests.swift"],
      [
        "Swift's, beside others",
        "swift",
        "Sources/Shop/Cart.swift",
        ["Package.swift", "Tests/ShopTests/TaxTests.swift"],
        "Tests/ShopTests/CartTests.swift",
        "Tests/ShopTests/TaxTests.swift",
      ],
      [
        "Kotlin's, for all platforms",
        "kotlin",
        "src/commonMain/kotlin/a/Cart.kt",
        ["build.gradle.kts"],
        "src/commonTest/kotlin/a/CartTest.kt",
      ],
      [
        "a folder that has only shared test code",
        "python",
        "shop/cart.py",
        ["tests/conftest.py"],
        "tests/test_cart.py",
      ],
      [
        "Jest's folder, whatever the tests are called",
        "javascript",
        "src/cart.js",
        ["src/__tests__/order.js"],
        "src/__tests__/cart.js",
        "src/__tests__/order.js",
      ],
      [
        "a component's",
        "vue",
        "src/Cart.vue",
        ["src/Order.vue", "src/Order.spec.js"],
        "src/Cart.spec.js",
        "src/Order.spec.js",
      ],
      ["a component's, without a test", "svelte", "src/Cart.svelte", [], "src/Cart.test.ts"],
      [
        "C#'s, as its project is laid out",
        "csharp",
        "src/Shop/Models/Cart.cs",
        ["src/Shop/Shop.csproj", "tests/Shop.Tests/Shop.Tests.csproj", "tests/Shop.Tests/Models/TaxTests.cs"],
        "tests/Shop.Tests/Models/CartTests.cs",
        "tests/Shop.Tests/Models/TaxTests.cs",
      ],
      [
        "C#'s, in the project that is named for its own",
        "csharp",
        "src/Shop/Cart.cs",
        ["src/Shop/Shop.csproj", "tests/Bill.Tests/Bill.Tests.csproj", "tests/Shop.UnitTests/Shop.UnitTests.csproj"],
        "tests/Shop.UnitTests/CartTests.cs",
      ],
      ["a header's", "c", "src/cart.h", ["src/cart.h"], "src/cart_test.c"],
      [
        "Android's, not those that need a device",
        "kotlin",
        "app/src/main/java/a/Cart.kt",
        ["app/src/androidTest/java/a/TaxTest.kt"],
        "app/src/test/java/a/CartTest.kt",
        "app/src/androidTest/java/a/TaxTest.kt",
      ],
      [
        "the package's own tests before another's",
        "typescript",
        "packages/a/src/cart.ts",
        [
          "packages/a/package.json",
          "packages/a/tests/x.test.ts",
          "packages/b/package.json",
          "packages/b/src/y.test.ts",
        ],
        "packages/a/tests/cart.test.ts",
        "packages/a/tests/x.test.ts",
      ],
    ];
  for (const [name, languageId, source, files, place, nearest] of cases) {
    it(name, () => assert.deepEqual(testPlace(source, languageId, files), { path: place, nearest }));
  }

  it("is beside its source, if that is a notebook", () => {
    const { path } = testPlace("notes/nb.py", "python", ["tests/test_a.py"], true);
    assert.equal(path, "notes/test_nb.py");
  });

  it("finds the existing test file, and a free name beside it", () => {
    assert.deepEqual(testPlace("cart.ts", "typescript", ["cart.test.ts", "cart2.test.ts"]), {
      path: "cart3.test.ts",
      existing: "cart.test.ts",
      nearest: "cart.test.ts",
    });
  });

  it("follows another package if its own package has no tests", () => {
    const files = ["packages/a/package.json", "packages/b/package.json", "packages/b/test/y.test.ts"];
    assert.deepEqual(testPlace("packages/a/src/cart.ts", "typescript", files), {
      path: "packages/a/test/cart.test.ts",
      nearest: "packages/b/test/y.test.ts",
      foreign: true,
    });
  });

  it("is never a taken name", () => {
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
    ["swift", { "Package.swift": "" }, "XCTest"],
    ["swift", { "Package.swift": '.package(url: "https://github.com/apple/swift-testing")' }, "Swift Testing"],
    ["clojure", {}, "clojure.test"],
    ["dart", { "pubspec.yaml": "dev_dependencies:\n  flutter_test:\n    sdk: flutter\n  test: any\n" }, "flutter_test"],
    ["toString", {}, undefined],
  ];
  for (const [languageId, files, framework] of cases) {
    it(`is ${framework} by ${Object.entries(files).join(" ") || languageId}`, async () => {
      assert.equal(await frameworkOf(languageId, files), framework);
    });
  }

  it("is the package's own, before the one of another package's test", async () => {
    const files = { "package.json": '{"devDependencies": {"jest": "1"}}' };
    const foreign = (files: Record<string, string>) =>
      testFramework("src/a/cart.x", "vue", {
        files: Object.keys(files),
        example: 'import { it } from "vitest";',
        foreign: true,
        read: async (file) => files[file],
      });
    assert.equal(await foreign(files), "Jest");
    assert.equal(await foreign({}), "Vitest");
  });

  it("is the one of the project that the tests belong to", async () => {
    const files: Record<string, string> = {
      "src/Shop/Shop.csproj": "<Project />",
      "test/Shop.Tests/Shop.Tests.csproj": '<PackageReference Include="NUnit" />',
    };
    const found = testFramework("src/Shop/Cart.cs", "csharp", {
      files: Object.keys(files),
      read: async (file) => files[file],
      place: "test/Shop.Tests/CartTests.cs",
    });
    assert.equal(await found, "NUnit");
  });

  it("is the one of the existing test", async () => {
    const files = { "package.json": '{"devDependencies": {"jest": "1"}}' };
    assert.equal(await frameworkOf("typescript", files, 'import { it } from "vitest";'), "Vitest");
    assert.equal(await frameworkOf("python", {}, "import unittest\n"), "unittest");
    assert.equal(await frameworkOf("swift", {}, "import Testing\n@testable import Shop\n"), "Swift Testing");
    assert.equal(await frameworkOf("csharp", {}, "using Microsoft.VisualStudio.TestTools.UnitTesting;\n"), "MSTest");
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

  async function written(name: string, text: string, answer?: string) {
    const document = TextDocument.create(pathToFileURL(path.join(folder, name)).href, "typescript", 1, text);
    const documents = { ...documentsOf(document), folders: () => [pathToFileURL(folder).href] };
    const { deps, responded } = world(
      documents,
      answer === undefined ? ANSWER : [{ type: "answer", text: answer, tokens: 3 }, END],
    );
    const params = { textDocument: { uri: document.uri }, range: linesRange(document, 1, 1) };
    const result = await writeTests(params, deps, signal, () => {});
    return { ...result, content: responded[0]!.messages[1]!.content };
  }

  it("proposes a file where the project keeps its tests, in their style", async () => {
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

  describe("in an existing test file", () => {
    const EXISTING =
      'import { it } from "vitest";\nimport { a } from "./cart";\n\nit("is one", () => {\n  expect(a).toBe(1);\n});\n';
    const added = async (answer: string, existing = EXISTING) => {
      await write({ "package.json": "{}", "cart.ts": "x", "cart.test.ts": existing });
      return written("cart.ts", "export const a = 1;\nexport const b = 2;\n", answer);
    };

    it("asks for the tests that it lacks, and shows it", async () => {
      const { uri, content } = await added('```ts\nit("is two", () => {});\n```');
      assert.equal(uri, pathToFileURL(path.join(folder, "cart.test.ts")).href);
      assert.ok(content.includes(`cart.test.ts:\n\`\`\`typescript\n${EXISTING}\`\`\``), content);
      assert.ok(content.endsWith(`\n\n${moreTestsRequest("cart.test.ts")}`));
      assert.ok(!content.includes("The test file will be"));
    });

    it("puts new tests at the end, and their imports with the other imports", async () => {
      const answer =
        '```ts\nimport { b } from "./cart";\nimport { expect, it } from "vitest";\n\nit("is two", () => {\n  expect(b).toBe(2);\n});\n```';
      const { text, edits, warning } = await added(answer);
      assert.equal(warning, undefined);
      assert.ok(edits!.length > 0);
      assert.ok(text.startsWith('import { it } from "vitest";\nimport { a } from "./cart";\nimport {'), text);
      assert.ok(
        text.endsWith(
          '\n\nit("is one", () => {\n  expect(a).toBe(1);\n});\n\nit("is two", () => {\n  expect(b).toBe(2);\n});\n',
        ),
        text,
      );
    });

    it("takes the whole file, with the new tests", async () => {
      const whole = `${EXISTING}\nit("is two", () => {});\n`;
      assert.equal((await added(`\`\`\`ts\n${whole}\`\`\``)).text, whole);
    });

    it("puts new tests of a group into that group, and loses none", async () => {
      const group = (body: string) => `describe("cart", () => {\n${body}});\n`;
      const existing = '  it("is one", () => {});\n\n  it("is odd", () => {});\n\n  it("is small", () => {});\n';
      const fresh = '  it("is two", () => {});\n';
      const { text, warning } = await added(`\`\`\`ts\n${group(fresh)}\`\`\``, group(existing));
      assert.equal(warning, undefined);
      assert.equal(text, group(`${existing}\n${fresh}`));
    });

    it("leaves tests unchanged that are already there", async () => {
      const existing = 'test("a", () => {});\ncheck();\ntest("b", () => {});\n';
      const { text, warning } = await added('```ts\ntest("a", () => {});\ntest("b", () => {});\n```', existing);
      assert.equal(warning, undefined);
      assert.equal(text, existing);
    });

    it("keeps its line endings, and fills an empty one", async () => {
      const { text } = await added('```ts\nit("is two", () => {});\n```', "it(1);\r\n\r\n\r\n");
      assert.equal(text, 'it(1);\r\n\r\nit("is two", () => {});\r\n');
      assert.equal((await added('```ts\nit("is two", () => {});\n```', "")).text, 'it("is two", () => {});\n');
    });
  });

  it("never proposes a file outside the folder, nor behind a link out of it", async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), "nemotron-outside-"));
    try {
      const inFolder = pathToFileURL(path.join(folder, "x.test.ts")).href;
      await mkdir(path.join(folder, "src"));
      // A folder, a missing file and an existing file, all of them outside.
      await symlink(outside, path.join(folder, "linked"));
      assert.equal((await written("linked/x.ts", "a\nb\n")).uri, inFolder);
      await symlink(path.join(outside, "new.ts"), path.join(folder, "src/x.test.ts"));
      assert.equal((await written("src/x.ts", "a\nb\n")).uri, inFolder);
      await writeFile(path.join(outside, "new.ts"), "");
      assert.equal((await written("src/x.ts", "a\nb\n")).uri, inFolder);
      await symlink(path.join(outside, "nothing.ts"), path.join(folder, "x.test.ts"));
      assert.equal((await written("src/x.ts", "a\nb\n")).uri, inFolder.replace("x.test", "x2.test"));
      // A path through the folder's own parent.
      const away = TextDocument.create(`${pathToFileURL(folder).href}/../../etc/x.ts`, "typescript", 1, "a\nb\n");
      const documents = { ...documentsOf(away), folders: () => [pathToFileURL(folder).href] };
      const params = { textDocument: { uri: away.uri }, range: linesRange(away, 1, 1) };
      const { uri } = await writeTests(params, world(documents, ANSWER).deps, signal, () => {});
      assert.equal(path.dirname(new URL(uri).pathname), pathToFileURL(folder).pathname);
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it("proposes no device names of Windows, and no folders", async () => {
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

  it("shows no test of another package for another framework", async () => {
    await write({
      "a/package.json": '{"devDependencies": {"jest": "1"}}',
      "b/package.json": "{}",
      "b/tax.test.ts": 'import { it } from "vitest";',
    });
    const { content } = await written("a/cart.ts", "export const a = 1;\n");
    assert.ok(content.startsWith("The project's tests use Jest. The test file will be a/cart.test.ts."), content);
  });

  it("puts the tests of a notebook cell beside the notebook", async () => {
    const uri = `${pathToFileURL(path.join(folder, "a.ipynb")).href.replace("file", "vscode-notebook-cell")}#W0`;
    const cell = TextDocument.create(uri, "python", 1, "def f():\n    pass\n");
    const documents = { ...documentsOf(cell), folders: () => [pathToFileURL(folder).href] };
    const params = { textDocument: { uri }, range: linesRange(cell, 1, 1) };
    const proposed = await writeTests(params, world(documents, ANSWER).deps, signal, () => {});
    assert.equal(proposed.uri, pathToFileURL(path.join(folder, "test_a.py")).href);
  });

  it("adds nothing to the prompt if the project has no tests", async () => {
    const { uri, content } = await written("cart.ts", "export const a = 1;\n");
    assert.equal(uri, pathToFileURL(path.join(folder, "cart.test.ts")).href);
    assert.ok(content.startsWith("Selected code from cart.ts"));
  });

  it("names an unused file for documents outside all folders", async () => {
    const document = TextDocument.create("untitled:Untitled-1", "typescript", 1, "a\n");
    const taken = TextDocument.create("untitled:Untitled-1.test.ts", "typescript", 1, "");
    const { deps, responded } = world(documentsOf(document, taken), ANSWER);
    const params = { textDocument: { uri: document.uri }, range: linesRange(document, 1, 1) };
    const { uri } = await writeTests(params, deps, signal, () => {});
    assert.equal(uri, "untitled:Untitled-12.test.ts");
    assert.equal(responded[0]!.messages[0]!.content, SYSTEM_PROMPT);
  });

  it("extracts the tests from the text around them", async () => {
    const tests = 'it("works", () => {});';
    const block = `\`\`\`ts\n${tests}\n\`\`\``;
    const length: ReplyEvent = { ...END, stopReason: "length" } as ReplyEvent;
    const answers: [answer: string, end: ReplyEvent][] = [
      [`Install Vitest:\n\n\`\`\`bash\nnpm i -D vitest\n\`\`\`\n\nThen:\n\n${block}`, END],
      [`${block}\n\nRun them:\n\n\`\`\`sh\nnpx vitest\n\`\`\``, END],
      [tests, END],
      [`Here are the tests:\n\n${tests}`, END],
      [block.replace(/\n```$/, ""), END],
      [`${block}\n\nThese tests cover`, length],
    ];
    const document = cart();
    const params = { textDocument: { uri: document.uri }, range: linesRange(document, 9, 13) };
    for (const [answer, end] of answers) {
      const { deps } = world(documentsOf(document), [{ type: "answer", text: answer, tokens: 1 }, end]);
      assert.equal((await writeTests(params, deps, signal, () => {})).text, `${tests}\n`, answer);
    }
  });

  it("joins tests in several blocks that have nothing in common", async () => {
    const block = (name: string) => `\`\`\`ts\nit("${name}", () => {});\n\`\`\``;
    const document = cart();
    const params = { textDocument: { uri: document.uri }, range: linesRange(document, 9, 13) };
    const written = (answer: string) =>
      writeTests(
        params,
        world(documentsOf(document), [{ type: "answer", text: answer, tokens: 1 }, END]).deps,
        signal,
        () => {},
      );
    const { text } = await written(`${block("a")}\n\nAnd:\n\n${block("b")}`);
    assert.equal(text, 'it("a", () => {});\n\nit("b", () => {});\n');
    const again = block("a").replace("{}", "{ f(); }");
    await assert.rejects(written(`${block("a")}\n\nOr:\n\n${again}`), { code: "notCode" });
  });

  it("throws for a reply that is cut off or is not code", async () => {
    const document = cart();
    const params = { textDocument: { uri: document.uri }, range: linesRange(document, 9, 13) };
    const end: ReplyEvent = {
      type: "usage",
      stopReason: "length",
      usage: END.type === "usage" ? END.usage : assert.fail(),
    };
    const cut = world(documentsOf(document), [{ type: "answer", text: "```ts\ntest(", tokens: 3 }, end]);
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
