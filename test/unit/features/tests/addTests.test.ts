/** New tests in a file that has some: in its class, without what it begins with, and with a word on what they replace. */
import assert from "node:assert/strict";
import { TextDocument } from "vscode-languageserver-textdocument";
import { addTests } from "../../../../server/features/tests/addTests.ts";
import { documentOf, grammars } from "../support.ts";

async function added(languageId: string, file: string, code: string) {
  const document = documentOf(file, languageId, "test.x");
  const { edits, warning } = await addTests(document, code, grammars);
  return { text: TextDocument.applyEdits(document, edits), warning };
}

const JAVA = "package a;\n\nclass ATest {\n    @Test\n    void one() {\n        f(1);\n    }\n}\n";
const UNITTEST =
  'import unittest\n\n\nclass ATest(unittest.TestCase):\n    def test_one(self):\n        f(1)\n\n\nif __name__ == "__main__":\n    unittest.main()\n';
const PYTEST = "from a import f\n\n\ndef test_one():\n    assert f(1) == 1\n";

describe("features: tests in a file that has some", () => {
  const cases: [name: string, languageId: string, file: string, code: string, text: string][] = [
    [
      "a package is not said again",
      "go",
      "package a\n\nfunc TestOne(t *testing.T) {\n\tf(1)\n}\n",
      "package a\n\nfunc TestTwo(t *testing.T) {\n\tf(2)\n}",
      "package a\n\nfunc TestOne(t *testing.T) {\n\tf(1)\n}\n\nfunc TestTwo(t *testing.T) {\n\tf(2)\n}\n",
    ],
    [
      "a method without its class",
      "java",
      JAVA,
      "@Test\nvoid two() {\n    f(2);\n}",
      JAVA.replace("}\n}", "}\n\n    @Test\n    void two() {\n        f(2);\n    }\n}"),
    ],
    [
      "a method without its class and namespace",
      "csharp",
      "namespace A\n{\n    class ATests\n    {\n        [Fact]\n        void One()\n        {\n        }\n    }\n}\n",
      "[Fact]\nvoid Two()\n{\n}",
      "namespace A\n{\n    class ATests\n    {\n        [Fact]\n        void One()\n        {\n        }\n\n        [Fact]\n        void Two()\n        {\n        }\n    }\n}\n",
    ],
    [
      "an import with an attribute",
      "swift",
      "import Testing\n@testable import A\n\n@Test func one() {\n}\n",
      "import Testing\n@testable import A\n\n@Test func two() {\n}",
      "import Testing\n@testable import A\n\n@Test func one() {\n}\n\n@Test func two() {\n}\n",
    ],
    [
      "a macro with a block, which the grammar does not know",
      "cpp",
      '#include "a.h"\n\nTEST_CASE("one") {\n    REQUIRE(a() == 1);\n}\n',
      '#include "a.h"\n\nTEST_CASE("two") {\n    REQUIRE(a() == 2);\n}',
      '#include "a.h"\n\nTEST_CASE("one") {\n    REQUIRE(a() == 1);\n}\n\nTEST_CASE("two") {\n    REQUIRE(a() == 2);\n}\n',
    ],
    [
      "a method of Python without its class",
      "python",
      UNITTEST,
      "    def test_two(self):\n        f(2)",
      UNITTEST.replace("f(1)\n", "f(1)\n\n    def test_two(self):\n        f(2)\n"),
    ],
    [
      "what stands for the others",
      "python",
      PYTEST,
      "# ... existing tests ...\n\n\ndef test_two():\n    assert f(2) == 2",
      `${PYTEST}\ndef test_two():\n    assert f(2) == 2\n`,
    ],
    [
      "a class with a title for a name",
      "kotlin",
      "class ATest {\n    @Test\n    fun one() {\n        f(1)\n    }\n}\n",
      "class ATest {\n    @Test\n    fun `is two`() {\n        f(2)\n    }\n}",
      "class ATest {\n    @Test\n    fun one() {\n        f(1)\n    }\n\n    @Test\n    fun `is two`() {\n        f(2)\n    }\n}\n",
    ],
    [
      "a module",
      "elixir",
      'defmodule ATest do\n  use ExUnit.Case\n\n  test "one" do\n    f(1)\n  end\nend\n',
      'defmodule ATest do\n  use ExUnit.Case\n\n  test "two" do\n    f(2)\n  end\nend',
      'defmodule ATest do\n  use ExUnit.Case\n\n  test "one" do\n    f(1)\n  end\n\n  test "two" do\n    f(2)\n  end\nend\n',
    ],
  ];
  for (const [name, languageId, file, code, text] of cases)
    it(name, async () => assert.deepEqual(await added(languageId, file, code), { text, warning: undefined }));

  it("warns of a test that is written anew", async () => {
    const { warning } = await added("python", PYTEST, "def test_one():\n    assert f(0) == 0");
    assert.match(warning!, /assert f\(1\) == 1/);
  });
});
