/** Names that a file would import from two places. */
import assert from "node:assert/strict";
import { importedTwice } from "../../../../server/features/guard/importedTwice.ts";

const CASES: [languageId: string, before: string, after: string, names: string[]][] = [
  ["go", '"html/template"', '"text/template"', ["template"]],
  ["go", '"gopkg.in/yaml.v2"', 'yaml "gopkg.in/yaml.v3"', ["yaml"]],
  ["go", '"html/template"', 'text "text/template"', []],
  ["go", '_ "a/driver"', '_ "b/driver"', []],
  ["rust", "use std::fmt::Result;", "use std::io::{self, Result};", ["Result"]],
  ["rust", "use std::fmt;", "use std::io::Result as IoResult;", []],
  ["rust", "use a::b;", `use ${"{".repeat(5000)}b;`, []],
  ["rust", "use a::b;", `use ${"a::{".repeat(5000)}b;`, []],
  ["php", "use App\\Models\\User;", "use Legacy\\User;", ["User"]],
  ["java", "import java.util.Date;", "import java.sql.Date;", ["Date"]],
  ["java", "import java.util.Date;", "import java.util.Date;", []],
  ["kotlin", "import a.Item", "import b.Item as Other", []],
  ["python", "import datetime", "from datetime import datetime", ["datetime"]],
  ["python", "import os", "import os.path", []],
  ["python", "from a import *", "from b import *", []],
  ["typescript", 'import { join } from "path";', 'import { join } from "lodash";', ["join"]],
  ["typescript", 'import path from "path";', 'import path from "node:path";', []],
  ["ruby", 'require "a/b"', 'require "c/b"', []],
];

describe("features: the guard, on names that are imported twice", () => {
  for (const [languageId, one, other, names] of CASES)
    it(`${languageId}: ${one} and ${other.slice(0, 40)}`, () => {
      const [before, after] = [[one], [one, other]].map((lines) =>
        lines.map((line) => (languageId === "go" ? `import ${line}` : line)),
      ) as [string[], string[]];
      assert.deepEqual(importedTwice({ languageId, before, after }), names);
      assert.deepEqual(importedTwice({ languageId, before: after, after }), []);
    });
});
