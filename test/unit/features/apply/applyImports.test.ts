/** Imports of an answer's code: only missing ones are added, in the place for imports. */
import { type Application, applications } from "./applied.ts";

/** A file with a function, and the function with its new body below imports. */
function importing(
  languageId: string,
  name: string,
  {
    file,
    code,
    want,
    body = ["return 1;", "return 2;"],
  }: { file: string; code: string; want: string; body?: [string, string] },
): Application {
  const declared: Record<string, (body: string) => string> = {
    javascript: (body) => `function f() {\n  ${body}\n}\n`,
    python: (body) => `def f():\n    ${body.replace(";", "")}\n`,
    rust: (body) => `fn f() -> u32 {\n    ${body}\n}\n`,
    c: (body) => `int f(void) {\n    ${body}\n}\n`,
    go: (body) => `func f() int {\n\t${body.replace(";", "")}\n}\n`,
    java: (body) => `class A {\n    int f() {\n        ${body}\n    }\n}\n`,
    php: (body) => `function f()\n{\n    ${body}\n}\n`,
    csharp: (body) => `class A\n{\n    int F() { ${body} }\n    int G() { return 0; }\n}\n`,
    scala: (body) => `def f(): Int = {\n  ${body.replace(";", "")}\n}\n`,
    swift: (body) => `func f() -> Int {\n    ${body.replace(";", "")}\n}\n`,
    ruby: (body) => `def f\n  ${body.replace(";", "")}\nend\n`,
  };
  const write = declared[languageId === "typescript" ? "javascript" : languageId]!;
  return [name, languageId, file + write(body[0]), code + write(body[1]), want + write(body[1])];
}

describe("features: imports that come with a block of code", () => {
  const js = "const fs = require('fs');\nconst { join, basename } = require('path');\n\n";
  const docstring = '"""Rows.\n\nThey are read\nfrom a file.\n"""\n\n\n';
  const tests = "#[cfg(test)]\nmod tests {\n    use super::*;\n}\n\n";
  const tried = "try:\n    import ujson as json\nexcept ImportError:\n    import json\n";
  applications([
    importing("python", "behind a try statement", {
      file: `${tried}\n\n`,
      code: "import json\nimport os\n\n\n",
      want: `${tried}import os\n\n\n`,
    }),
    importing("python", "that are already in a try or if statement", {
      file: `import os\n\n${tried}\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\n\n\n`,
      code: "import json\nimport tomllib\nimport re\n\n\n",
      want: `import os\nimport re\n\n${tried}\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\n\n\n`,
    }),
    importing("python", "that the file has only for types", {
      file: "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from a import A\n\n\n",
      code: "from a import A\n\n\n",
      want: "from typing import TYPE_CHECKING\nfrom a import A\n\nif TYPE_CHECKING:\n    from a import A\n\n\n",
    }),
    importing("scala", "of which the file has some", {
      file: "package a\n\nimport scala.util.Try\nimport b.{C, D}\nimport e._\n\n",
      code: "package a\n\nimport scala.util.{Try, Success}\nimport b.{D, F}\nimport e.{G, H => I}\nimport j.K, l.{M => N}\n\n",
      want: "package a\n\nimport scala.util.Try\nimport b.{C, D, F}\nimport e._\nimport scala.util.Success\nimport j.K, l.{M => N}\n\n",
    }),
    [
      "of which some are there",
      "elixir",
      "defmodule M do\n  alias A.B\n\n  def f do\n    1\n  end\nend\n",
      "alias A.{B, C}\nalias D, as: E\n\ndef f do\n  2\nend\n",
      "defmodule M do\n  alias A.B\n  alias A.C\n  alias D, as: E\n\n  def f do\n    2\n  end\nend\n",
    ],
    importing("swift", "outside a condition", {
      file: "import A\n#if canImport(UIKit)\nimport UIKit\n#endif\n\n",
      code: "import UIKit\nimport B\n\n",
      want: "import A\nimport B\n#if canImport(UIKit)\nimport UIKit\n#endif\n\n",
    }),
    importing("javascript", "in other quotes, without semicolons", {
      file: js,
      code: 'const fs = require("fs")\nconst { join } = require("path")\n\n',
      want: js,
    }),
    importing("javascript", "rewritten as require, like the file's", {
      file: js,
      code: 'import os, { cpus as all } from "os";\nimport url from "url";\nimport * as http from "http";\nimport { parse as read } from "csv";\nimport "side";\n\n',
      want: `${js.trimEnd()}\nconst os = require("os");\nconst { cpus: all } = require("os");\nconst url = require("url");\nconst http = require("http");\nconst { parse: read } = require("csv");\nrequire("side");\n\n`,
    }),
    importing("javascript", "rewritten as import, like the file's", {
      file: 'import fs from "fs";\n\n',
      code: "const path = require('path');\nconst { a: b, c } = require('d');\nrequire('side');\n\n",
      want: "import fs from \"fs\";\nimport path from 'path';\nimport { a as b, c } from 'd';\nimport 'side';\n\n",
    }),
    importing("typescript", "of a type that the code uses as a value", {
      file: 'import type { Cart, Line } from "./cart";\nimport { type Tax, rate } from "./tax";\n\n',
      code: 'import { Cart, Line } from "./cart";\nimport { Tax } from "./tax";\n\n',
      body: ["return 1;", "return new Cart(Tax.of(1));"],
      want: 'import { Cart, type Line } from "./cart";\nimport { Tax, rate } from "./tax";\n\n',
    }),
    importing("typescript", "of a type that stays a type", {
      file: 'import type { Cart } from "./cart";\n\n',
      code: 'import { Cart } from "./cart";\n\n',
      body: ["return 1;", "return {} as Cart;"],
      want: 'import type { Cart } from "./cart";\n\n',
    }),
    importing("javascript", "of a Node module by its other name", {
      file: js,
      code: "const fs = require('node:fs');\n\n",
      want: js,
    }),
    importing("javascript", "with one more name", {
      file: js,
      code: "const { join, resolve } = require('path');\n\n",
      want: js.replace("\n\n", "\nconst { resolve } = require('path');\n\n"),
    }),
    importing("javascript", "over several lines", {
      file: js,
      code: "const {\n  join,\n  basename,\n} = require('path');\n\n",
      want: js,
    }),
    importing("javascript", "that the file has in the other form", {
      file: 'import fs from "fs";\n\n',
      code: 'const fs = require("fs");\n\n',
      want: 'import fs from "fs";\n\n',
    }),
    importing("javascript", "below a license directly above the code", {
      file: "/*\n  Copyright.\n*/\n",
      code: 'import a from "a";\n\n',
      want: '/*\n  Copyright.\n*/\n\nimport a from "a";\n\n',
    }),
    importing("javascript", "above a comment that belongs to the function", {
      file: "// Counts.\n",
      code: 'import a from "a";\n\n// Counts.\n',
      want: 'import a from "a";\n\n// Counts.\n',
    }),
    importing("python", "below a docstring with a line that looks like one", {
      file: docstring,
      code: "import json\n\n",
      want: docstring.replace("\n\n\n", "\n\nimport json\n\n\n"),
    }),
    importing("python", "behind a shebang, a blank line and a docstring", {
      file: '#!/usr/bin/env python3\n\n"""Doc."""\n\n\n',
      code: "import json\n\n",
      want: '#!/usr/bin/env python3\n\n"""Doc."""\n\nimport json\n\n\n',
    }),
    importing("python", "from __future__ first", {
      file: "import os\n\n\n",
      code: "from __future__ import annotations\n\nimport os\nimport sys\n\n\n",
      want: "from __future__ import annotations\nimport os\nimport sys\n\n\n",
    }),
    importing("python", "behind one that continues after a backslash", {
      file: "from os import path, \\\n    sep\n\n\n",
      code: "import json\n\n\n",
      want: "from os import path, \\\n    sep\nimport json\n\n\n",
    }),
    importing("python", "names of a module one by one", {
      file: "from os import path\n\n\n",
      code: "from os import (\n    path,\n    sep,\n)\n\n\n",
      want: "from os import path\nfrom os import sep\n\n\n",
    }),
    importing("rust", "of a name that a group has", {
      file: "use std::collections::{HashMap, HashSet};\n\n",
      code: "use std::collections::HashMap;\n\n",
      want: "use std::collections::{HashMap, HashSet};\n\n",
    }),
    importing("rust", "of a name that a group lacks", {
      file: "use std::{fmt, io};\n\n",
      code: "use std::{io, mem};\n\n",
      want: "use std::{fmt, io, mem};\n\n",
    }),
    importing("rust", "above a module of tests with its own", {
      file: `use std::io;\n\n${tests}`,
      code: "use std::fmt;\n\n",
      want: `use std::io;\nuse std::fmt;\n\n${tests}`,
    }),
    importing("c", "above a condition", {
      file: "#include <stdio.h>\n#ifdef _WIN32\n#include <windows.h>\n#endif\n\n",
      code: "#include <string.h>\n\n",
      want: "#include <stdio.h>\n#include <string.h>\n#ifdef _WIN32\n#include <windows.h>\n#endif\n\n",
    }),
    importing("c", "inside an include guard", {
      file: "#ifndef A_H\n#define A_H\n#include <stdio.h>\n\n",
      code: "#include <string.h>\n\n",
      want: "#ifndef A_H\n#define A_H\n#include <stdio.h>\n#include <string.h>\n\n",
    }),
    importing("go", "behind the package", {
      file: "// License.\n\npackage a\n\n",
      code: 'import "os"\n\n',
      want: '// License.\n\npackage a\n\nimport "os"\n\n',
    }),
    importing("java", "behind the package", {
      file: "/*\n * License.\n */\n\npackage a;\n\n",
      code: "import java.util.List;\n\n",
      want: "/*\n * License.\n */\n\npackage a;\n\nimport java.util.List;\n\n",
    }),
    importing("java", "of a package that is imported whole", {
      file: "import java.util.*;\n\n",
      code: "import java.util.List;\n\n",
      want: "import java.util.*;\n\n",
    }),
    importing("php", "behind the namespace, and one by one", {
      file: "<?php\n\nnamespace App;\n\nuse App\\{A, B};\n\n",
      code: "use App\\A;\nuse Lib\\C;\n\n",
      want: "<?php\n\nnamespace App;\n\nuse App\\{A, B};\nuse Lib\\C;\n\n",
    }),
    importing("csharp", "in front of the namespace", {
      file: "namespace Shop;\n\n",
      code: "using System;\n\n",
      want: "using System;\n\nnamespace Shop;\n\n",
      body: ["return 1;", "return 2;"],
    }),
    importing("ruby", "behind a magic comment", {
      file: "# frozen_string_literal: true\n\n",
      code: "require 'set'\n\n",
      want: "# frozen_string_literal: true\n\nrequire 'set'\n\n",
    }),
  ]);

  const vue =
    '<template>\n  <p>{{ n }}</p>\n</template>\n\n<script setup lang="ts">\nconst n = 1;\n\nfunction f() {\n  return 1;\n}\n</script>\n';
  const svelte = '<script>\n\timport { a } from "a";\n\n\tfunction f() {\n\t\treturn 1;\n\t}\n</script>\n\n<p>x</p>\n';
  const code = (name: string) => `import { ${name} } from "a";\n\nfunction f() {\n  return 2;\n}`;
  applications([
    [
      "in a script without imports",
      "vue",
      vue,
      code("a"),
      vue.replace("const n", 'import { a } from "a";\n\nconst n').replace("return 1", "return 2"),
    ],
    [
      "indented like the others",
      "svelte",
      svelte,
      code("a, b"),
      svelte.replace('"a";\n', '"a";\n\timport { b } from "a";\n').replace("return 1", "return 2"),
    ],
  ]);
});
