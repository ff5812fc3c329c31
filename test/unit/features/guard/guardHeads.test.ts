/** What a change loses of a declaration's head, of a call behind its callback and of a block's arguments; idle handlers. */
import assert from "node:assert/strict";
import { type Case, harm, letsPass, namesRemoved } from "./cases.ts";

const BUCKET =
  'resource "aws_s3_bucket" "logs" {\n  bucket = var.name\n\n  tags = {\n    team = "core"\n  }\n}\n\noutput "id" {\n  value = 1\n}\n';
const TAGS = /\n {2}tags = \{\n.*\n {2}\}/;
const EFFECT = "function A({ id }) {\n  useEffect(() => {\n    load(id);\n  }, [id]);\n  return null;\n}\n";
const TAP = "class A {\n    @objc private func tap(_ s: UIButton) {\n        go()\n    }\n}\n";
const TYPED = 'def f(a: int, b: str = "x") -> bool:\n    return a in b\n';
const JAVA = "class A {\n    private static int f(int a) {\n        return a;\n    }\n}\n";
const TASK =
  "class A\n{\n    public async Task<int> F()\n    {\n        await Save();\n        return await Load();\n    }\n}\n";
const SCRIPT = 'backup() {\n  tar czf "$1" /data\n}\n\nrestore() {\n  tar xzf "$1"\n}\n\nbackup "$1"\n';
const RETHROWS = "async function f() {\n  try {\n    await run();\n  } catch (error) {\n    throw error;\n  }\n}\n";
const LOGS = 'def f(p):\n    try:\n        os.remove(p)\n    except FileNotFoundError:\n        log.debug("gone")\n';
const SWIFT_LOG = "go()\n        print()";
const TS =
  "export class A {\n  private readonly a: number;\n  static b(x: string, y: number): string {\n    return x + y;\n  }\n}\n";

describe("features: the guard, by heads and arguments", () => {
  const lost: [...Case, names: string[]][] = [
    ["an argument of a block", "terraform", BUCKET, BUCKET.replace(TAGS, "\n  force_destroy = true"), "", ["tags"]],
    [
      "a block of a block",
      "terraform",
      BUCKET.replace("tags = {", "lifecycle {"),
      BUCKET.replace(TAGS, "\n  force_destroy = true"),
      "",
      ["lifecycle"],
    ],
    [
      "the dependencies of an effect",
      "typescriptreact",
      EFFECT,
      EFFECT.replace(", [id]", ""),
      "",
      ["useEffect(…, [id])"],
    ],
    ["a delay", "javascript", "setTimeout(() => a(), 500);\n", "setTimeout(() => a(1));\n", "", ["setTimeout(…, 500)"]],
    [
      "the options of a listener",
      "javascript",
      'a.addEventListener("b", c, { once: true });\n',
      'a.addEventListener("b", d);\n',
      "",
      ["a.addEventListener(…, { once: true })"],
    ],
    [
      "an initial value",
      "typescript",
      "const a = b.reduce((c, d) => c + d, 0);\n",
      "const a = b.reduce((c, d) => c + d.x);\n",
      "",
      ["b.reduce(…, 0)"],
    ],
    [
      "an attribute and a modifier on one line",
      "swift",
      TAP,
      TAP.replace("@objc private ", "").replace("go()", SWIFT_LOG),
      "",
      ["@objc tap", "private tap"],
    ],
    [
      "a modifier of a method",
      "java",
      JAVA,
      JAVA.replace("private static", "private").replace("a;", "a + 1;"),
      "",
      ["static f"],
    ],
    ["a modifier of a field", "typescript", TS, TS.replace("readonly ", ""), "", ["readonly a"]],
    [
      "modifiers behind the parameters",
      "cpp",
      "struct A : B {\n  int f() const override {\n    return a;\n  }\n  int a;\n};\n",
      "struct A : B {\n  int f() {\n    return a * 2;\n  }\n  int a;\n};\n",
      "",
      ["const f", "override f"],
    ],
    [
      "types of parameters and the result",
      "python",
      TYPED,
      TYPED.replace(/\(.*:/, '(a, b="x"):'),
      "",
      ["a: …", "b: …", "f(): …"],
    ],
    ["types of parameters", "typescript", TS, TS.replace("x: string", "x"), "", ["x: …"]],
    [
      "types of parameters, with a dollar",
      "php",
      "<?php\nfunction f(int $a, $b): int {\n    return $a;\n}\n",
      "<?php\nfunction f($a, $b) {\n    return $a + 1;\n}\n",
      "",
      ["$a: …", "f(): …"],
    ],
  ];
  namesRemoved(lost);

  it("misses a wait that a caller can no longer do", async () => {
    const after = TASK.replace("async Task<int>", "int").replace("await Save", "Log").replace("await ", "");
    assert.match((await harm("csharp", TASK, after))?.lines.join("\n") ?? "", /await Load/);
  });

  it("finds the call of a function that comes again at a distance", async () => {
    const after = SCRIPT.replace("/data\n}\n", '/data /etc\n}\n\nbackup "$1"\n');
    assert.deepEqual((await harm("shellscript", SCRIPT, after))?.doubled, ['"backup "$1""']);
  });

  const right: Case[] = [
    ["a renamed argument", "terraform", BUCKET, BUCKET.replace("tags =", "labels =")],
    [
      "another way to repeat a block",
      "terraform",
      'resource "a" "b" {\n  count = 3\n  name = "x"\n}\n',
      'resource "a" "b" {\n  for_each = var.names\n  name = "x"\n}\n',
    ],
    ["an argument that is named", "terraform", BUCKET, BUCKET.replace(TAGS, ""), "remove the tags"],
    [
      "an effect that is to run on each render",
      "typescriptreact",
      EFFECT,
      EFFECT.replace(", [id]", ""),
      "run it on each render",
    ],
    ["a delay of nothing", "javascript", "setTimeout(() => a(), 0);\n", "setTimeout(() => a(1));\n"],
    ["a private method that becomes public", "java", JAVA, JAVA.replace("private ", ""), "make it public"],
    ["another visibility", "java", JAVA, JAVA.replace("private", "protected")],
    [
      "a static method that becomes one of an instance",
      "java",
      JAVA,
      JAVA.replace("static ", ""),
      "make it an instance method",
    ],
    ["shorter code", "java", JAVA, JAVA.replace("private ", ""), "simplify"],
    [
      "a function that no longer waits",
      "javascript",
      "async function f() {\n  return await a();\n}\n",
      "function f() {\n  return aSync();\n}\n",
    ],
    [
      "code that becomes synchronous",
      "csharp",
      TASK,
      TASK.replace("async Task<int>", "int").replaceAll("await ", ""),
      "make it synchronous",
    ],
    ["types that are to go", "python", TYPED, TYPED.replace(/\(.*:/, '(a, b="x"):'), "remove the type hints"],
    [
      "a constant that is now set",
      "java",
      "class A {\n    int f() {\n        final int a = 1;\n        return a;\n    }\n}\n",
      "class A {\n    int f() {\n        int a = 1;\n        a += 2;\n        return a;\n    }\n}\n",
    ],
    ["a handler that only raises again", "typescript", RETHROWS, "async function f() {\n  await run();\n}\n"],
    [
      "a handler that only logs, if errors propagate",
      "python",
      LOGS,
      "def f(p):\n    os.remove(p)\n",
      "let the error propagate",
    ],
    [
      "a method that now sets a member",
      "cpp",
      "struct A {\n  int f() const {\n    return a;\n  }\n  int a;\n};\n",
      "struct A {\n  int f() {\n    ++a;\n    return a;\n  }\n  int a;\n};\n",
    ],
    [
      "an error that is now handled",
      "java",
      "class A {\n    void f() throws E {\n        g();\n    }\n}\n",
      "class A {\n    void f() {\n        try {\n            g();\n        } catch (E e) {\n            h();\n        }\n    }\n}\n",
    ],
    [
      "fields that a constructor promotes",
      "php",
      "<?php\nclass A {\n    private int $a;\n\n    public function __construct(int $a) {\n        $this->a = $a;\n    }\n}\n",
      "<?php\nclass A {\n    public function __construct(private int $a) {}\n}\n",
    ],
    ["a call that is to come again", "shellscript", SCRIPT, `${SCRIPT}backup "$1"\n`],
  ];
  letsPass(right);
});
