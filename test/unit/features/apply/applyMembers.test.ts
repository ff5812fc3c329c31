/** Answers that show a class with a few of its members: its other members, and what it extends, stay. */
import { documentOf } from "../support.ts";
import { type Application, applications, refused } from "./applied.ts";

/** A file with a container, and the container with its one function rewritten and nothing else. */
function rewriting(languageId: string, file: string, code: string, [old, fresh]: [string, string]): Application {
  return [code.split("\n")[0]!, languageId, file, code, file.replace(old, fresh)];
}

const SWIFT =
  "struct A {\n    let x: Int\n    @Published var y: [Int] = [\n        1,\n    ]\n\n    func f() -> Int {\n        x\n    }\n}\n";
const KOTLIN =
  "class A(\n    private val x: Int,\n) : B() {\n    private val y = 1\n    init {\n        check(x > 0)\n    }\n\n    fun f(): Int {\n        return x\n    }\n\n    companion object {\n        const val Z = 1\n    }\n}\n";
const DART =
  "class A extends B {\n  final int x;\n  A(this.x);\n\n  int f() {\n    return x;\n  }\n\n  int g() => 1;\n}\n";
const RUBY = "class A < B\n  include C\n  attr_reader :x\n  has_many :z\n\n  def f\n    x\n  end\nend\n";

describe("features: partial answers, members of a class", () => {
  applications([
    rewriting("swift", SWIFT, "struct A {\n    func f() -> Int {\n        y\n    }\n}", ["        x\n", "        y\n"]),
    rewriting(
      "swift",
      "enum E {\n    case a, b\n    case c(Int)\n\n    func f() -> Int {\n        1\n    }\n}\n",
      "enum E {\n    func f() -> Int {\n        2\n    }\n}",
      ["1\n", "2\n"],
    ),
    rewriting("kotlin", KOTLIN, "class A {\n    fun f(): Int {\n        return y\n    }\n}", ["return x", "return y"]),
    rewriting(
      "kotlin",
      KOTLIN,
      "class A(\n    private val x: Int,\n    val z: Int,\n) : B() {\n    fun f(): Int {\n        return x\n    }\n}",
      ["x: Int,\n", "x: Int,\n    val z: Int,\n"],
    ),
    rewriting("dart", DART, "class A {\n  int f() {\n    return 2;\n  }\n}", ["return x", "return 2"]),
    rewriting(
      "scala",
      "class A(x: Int) extends B {\n  val y = 1\n  private var z: Int = 2\n\n  def f(): Int = {\n    x\n  }\n}\n",
      "class A(x: Int) {\n  def f(): Int = {\n    y\n  }\n}",
      ["    x\n", "    y\n"],
    ),
    rewriting(
      "elixir",
      "defmodule A do\n  use B\n  @n 1\n\n  def f(x) do\n    x\n  end\nend\n",
      "defmodule A do\n  def f(x) do\n    @n\n  end\nend\n",
      ["    x\n", "    @n\n"],
    ),
    rewriting(
      "graphql",
      "type Query {\n  a: Int\n  b(x: Int): Int\n}\n\ntype B {\n  c: Int\n}\n",
      "type Query {\n  b(x: Int!): Int\n}\n",
      ["x: Int", "x: Int!"],
    ),
    rewriting(
      "fsharp",
      "type A(x: int) =\n    let y = 1\n    member this.F() =\n        x\n    member this.G() =\n        x\n",
      "type A(x: int) =\n    member this.F() =\n        y\n",
      ["        x\n", "        y\n"],
    ),
    rewriting("ruby", RUBY, "class A\n  def f\n    z\n  end\nend\n", ["    x\n", "    z\n"]),
    rewriting(
      "csharp",
      "class A : B\n{\n    int z;\n    int F()\n    {\n        return 1;\n    }\n}\n",
      "class A {\n    int F()\n    {\n        return 2;\n    }\n}",
      ["return 1", "return 2"],
    ),
    rewriting(
      "php",
      "<?php\nenum S: string\n{\n    case A = 'a';\n\n    public function f(): int\n    {\n        return 1;\n    }\n}\n",
      "enum S\n{\n    public function f(): int\n    {\n        return 2;\n    }\n}",
      ["return 1", "return 2"],
    ),
    rewriting(
      "java",
      "enum E {\n    A, B;\n\n    private int n;\n\n    int f() {\n        return 1;\n    }\n}\n",
      "enum E {\n    A, B;\n\n    int f() {\n        return 2;\n    }\n}\n",
      ["return 1", "return 2"],
    ),
    rewriting(
      "cpp",
      "class A : public B {\npublic:\n    A();\n    int f() {\n        return 1;\n    }\n\nprivate:\n    int x = 0;\n};\n",
      "class A {\npublic:\n    int f() {\n        return 2;\n    }\n};",
      ["return 1", "return 2"],
    ),
    rewriting(
      "python",
      "class A(B):\n    n = 1\n\n    def f(self):\n        return 1\n",
      "class A:\n    def f(self):\n        return 2\n",
      ["return 1", "return 2"],
    ),
    // A backtracking pattern would never finish here.
    rewriting(
      "dart",
      `class A {\n  final int x;\n  ${"a<b> ".repeat(100)}!;\n  int f() {\n    return x;\n  }\n}\n`,
      "class A {\n  int f() {\n    return 2;\n  }\n}",
      ["return x", "return 2"],
    ),
    [
      "a new base, and fields in a class",
      "kotlin",
      "class A {\n    val x = 1\n\n    fun f(): Int {\n        return x\n    }\n}\n",
      "class A : B {\n    val x = 2\n\n    val y = 3\n\n    // ...\n}",
      "class A : B {\n    val x = 2\n    val y = 3\n\n    fun f(): Int {\n        return x\n    }\n}\n",
    ],
    [
      "a member that all may use",
      "cpp",
      "class A {\npublic:\n    int f() const;\n\nprivate:\n    int x;\n};\n",
      "class A {\npublic:\n    bool g() const;\n};\n",
      "class A {\npublic:\n    int f() const;\n    bool g() const;\n\nprivate:\n    int x;\n};\n",
    ],
    [
      "a method that all may use",
      "ruby",
      "class A\n  def f\n    1\n  end\n\n  private\n\n  def g\n    2\n  end\nend\n",
      "class A\n  def h\n    3\n  end\nend\n",
      "class A\n  def f\n    1\n  end\n\n  def h\n    3\n  end\n\n  private\n\n  def g\n    2\n  end\nend\n",
    ],
    [
      "a method behind the opening tag",
      "php",
      "<?php\n\nclass A\n{\n    public function f(): int\n    {\n        return 1;\n    }\n}\n",
      "<?php\n\npublic function f(): int\n{\n    return 2;\n}\n",
      "<?php\n\nclass A\n{\n    public function f(): int\n    {\n        return 2;\n    }\n}\n",
    ],
    [
      "a constant in the middle of an enum",
      "java",
      "enum E {\n    A,\n    B\n}\n",
      "enum E {\n    A,\n    C\n}\n",
      "enum E {\n    A,\n    C,\n    B\n}\n",
    ],
    [
      "what a class includes, changed along with the rest",
      "ruby",
      "class A < B\n  attr_reader :x\n\n  def f\n    x\n  end\nend\n",
      "class A < B\n  attr_reader :x, :y\n\n  def f\n    y\n  end\nend\n",
      "class A < B\n  attr_reader :x, :y\n\n  def f\n    y\n  end\nend\n",
    ],
  ]);

  it("refuses a class whose other lines may be changed or left out", () =>
    refused(
      documentOf(RUBY, "ruby"),
      "class A < B\n  attr_reader :x, :y\n\n  def f\n    y\n  end\nend\n",
      /unclear where "attr_reader :x, :y"/,
    ));
});
