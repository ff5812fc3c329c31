/** Which framework a project's tests use, by what it depends on and by a test that it has. */
import path from "node:path/posix";

/** Reads a file of the workspace folder; undefined where there is none. */
type Read = (file: string) => Promise<string | undefined>;

type Sign = {
  /** The files that tell, the nearest to the source being asked; by their names, or by their ends. */
  files: string[];
  /** In what they say, the first that is found counts. */
  names: [pattern: RegExp, framework: string][];
};

const SCRIPT: Sign = {
  files: ["package.json", "deno.json"],
  names: [
    [/"vitest"\s*:/, "Vitest"],
    [/"(?:jest|ts-jest|@jest\/globals|babel-jest)"\s*:/, "Jest"],
    [/"mocha"\s*:/, "Mocha"],
    [/"ava"\s*:/, "AVA"],
    [/"jasmine(?:-core)?"\s*:/, "Jasmine"],
    [/"tap"\s*:/, "node-tap"],
    [/"uvu"\s*:/, "uvu"],
    [/"[^"]*\bnode\b[^"]*--test\b/, "Node's own test runner, node:test, with node:assert"],
    [/"[^"]*\bbun test\b/, "bun:test"],
    [/\bdeno test\b|jsr:@std\/assert/, "Deno's own test runner"],
  ],
};

const SIGNS: Record<string, Sign> = {
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  python: {
    files: [
      "pyproject.toml",
      "pytest.ini",
      "tox.ini",
      "setup.cfg",
      "requirements.txt",
      "requirements-dev.txt",
      "conftest.py",
    ],
    names: [[/pytest/, "pytest"]],
  },
  java: {
    files: ["pom.xml", "build.gradle", "build.gradle.kts"],
    names: [
      [/jupiter|junit5/i, "JUnit 5"],
      [/junit/i, "JUnit 4"],
      [/testng/i, "TestNG"],
    ],
  },
  kotlin: {
    files: ["build.gradle.kts", "build.gradle", "pom.xml"],
    names: [
      [/kotest/, "Kotest"],
      [/kotlin\(?["-]test|junit/i, "kotlin.test"],
    ],
  },
  csharp: {
    files: [".csproj"],
    names: [
      [/xunit/i, "xUnit"],
      [/nunit/i, "NUnit"],
      [/mstest/i, "MSTest"],
    ],
  },
  ruby: {
    files: ["Gemfile", ".rspec"],
    names: [
      [/rspec|--require/, "RSpec"],
      [/minitest/, "Minitest"],
    ],
  },
  php: {
    files: ["composer.json"],
    names: [
      [/pestphp/, "Pest"],
      [/phpunit/, "PHPUnit"],
    ],
  },
  cpp: {
    files: ["CMakeLists.txt", "conanfile.txt", "vcpkg.json"],
    names: [
      [/gtest|googletest/i, "GoogleTest"],
      [/catch2/i, "Catch2"],
      [/doctest/i, "doctest"],
    ],
  },
};

const IN_TESTS: [pattern: RegExp, framework: string][] = [
  [/["']vitest["']/, "Vitest"],
  [/["']@jest\/globals["']/, "Jest"],
  [/["']node:test["']/, "Node's own test runner, node:test, with node:assert"],
  [/["']bun:test["']/, "bun:test"],
  [/^\s*(?:import pytest|from pytest)\b/m, "pytest"],
  [/^\s*(?:import|from) unittest\b/m, "unittest"],
  [/org\.junit\.jupiter/, "JUnit 5"],
  [/org\.junit\./, "JUnit 4"],
  [/using Xunit/, "xUnit"],
  [/using NUnit/, "NUnit"],
  [/gtest\/gtest\.h/, "GoogleTest"],
  [/["'<]catch2?\//, "Catch2"],
];
/** Those that need nothing that a project would name. */
const BUILT_IN: Record<string, string> = { go: "Go's package testing", rust: "#[test], Rust's own" };

/** Undefined where nothing tells. `source` and `files`: paths relative to the workspace folder. */
export async function testFramework(
  source: string,
  languageId: string,
  { files, example, read }: { files: readonly string[]; example?: string; read: Read },
): Promise<string | undefined> {
  const own = Object.hasOwn(BUILT_IN, languageId) ? BUILT_IN[languageId] : undefined;
  const named = example === undefined ? undefined : firstIn(example, IN_TESTS);
  return own ?? named ?? (await bySigns(source, languageId, files, read));
}

async function bySigns(source: string, languageId: string, files: readonly string[], read: Read) {
  const sign = Object.hasOwn(SIGNS, languageId) ? SIGNS[languageId] : undefined;
  if (!sign) return undefined;
  const known = files.filter((file) => sign.files.some((name) => path.basename(file) === name || file.endsWith(name)));
  for (let folder = path.dirname(source); ; folder = path.dirname(folder)) {
    for (const file of known.filter((file) => path.dirname(file) === folder)) {
      // The name of a file may be all that it says.
      const found = firstIn(`${path.basename(file)}\n${(await read(file)) ?? ""}`, sign.names);
      if (found) return found;
    }
    if (folder === "." || folder === "/") return undefined;
  }
}

const firstIn = (text: string, names: Sign["names"]) => names.find(([pattern]) => pattern.test(text))?.[1];
