/** Finds the test framework of a project, from its dependencies and an existing test. */
import path from "node:path/posix";

/** Reads a file of the workspace folder; undefined if it does not exist. */
type Read = (file: string) => Promise<string | undefined>;

type Sign = {
  /** The files to look at, nearest to the source first, by name or by ending. */
  files: string[];
  /** Patterns in their content; the first match counts. */
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

const DOTNET: Sign = {
  files: [".csproj", ".fsproj", ".vbproj", "Directory.Packages.props", "Directory.Build.props"],
  names: [
    [/xunit/i, "xUnit"],
    [/nunit/i, "NUnit"],
    [/mstest/i, "MSTest"],
  ],
};

const SIGNS: Record<string, Sign> = {
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  vue: SCRIPT,
  svelte: SCRIPT,
  astro: SCRIPT,
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
  csharp: DOTNET,
  fsharp: DOTNET,
  vb: DOTNET,
  swift: { files: ["Package.swift"], names: [[/swift-testing/, "Swift Testing"]] },
  scala: {
    files: ["build.sbt", "build.sc", "build.mill"],
    names: [
      [/scalatest/, "ScalaTest"],
      [/munit/, "MUnit"],
      [/specs2/, "specs2"],
      [/utest/, "uTest"],
    ],
  },
  groovy: { files: ["build.gradle", "pom.xml"], names: [[/spock/, "Spock"]] },
  dart: {
    files: ["pubspec.yaml"],
    names: [
      [/^\s*flutter_test:/m, "flutter_test"],
      [/^\s*test:/m, "package:test"],
    ],
  },
  haskell: {
    files: [".cabal", "package.yaml"],
    names: [
      [/hspec/i, "Hspec"],
      [/tasty/i, "Tasty"],
      [/hunit/i, "HUnit"],
    ],
  },
  r: { files: ["DESCRIPTION"], names: [[/testthat/, "testthat"]] },
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
  [/Microsoft\.VisualStudio\.TestTools/, "MSTest"],
  [/^\s*(?:@testable\s+)?import Testing\b/m, "Swift Testing"],
  [/^\s*import XCTest\b/m, "XCTest"],
  [/org\.testng\./, "TestNG"],
  [/io\.kotest\./, "Kotest"],
  [/import kotlin\.test\b/, "kotlin.test"],
  [/org\.scalatest\b/, "ScalaTest"],
  [/\bmunit\./, "MUnit"],
  [/spock\.lang\b/, "Spock"],
  [/PHPUnit\\Framework/, "PHPUnit"],
  [/\bRSpec\.describe\b/, "RSpec"],
  [/\bMinitest::|minitest\/autorun/, "Minitest"],
  [/package:flutter_test\//, "flutter_test"],
  [/package:test\//, "package:test"],
  [/gtest\/gtest\.h/, "GoogleTest"],
  [/["'<]catch2?\//, "Catch2"],
];
/** Frameworks that are part of the language. */
const BUILT_IN: Record<string, string> = { go: "Go's package testing", rust: "#[test], Rust's own" };
/** Frameworks that come with a language, for projects that show no other. */
const USUAL: Record<string, string> = { swift: "XCTest", elixir: "ExUnit", clojure: "clojure.test", erlang: "EUnit" };

/**
 * The project's test framework; undefined if unknown. `source` and `files`: paths relative to the workspace folder.
 * `foreign`: the example is from another package and counts only if this package's files do not decide. `place`: the
 * path of the test file, which may belong to a project of its own.
 */
export async function testFramework(
  source: string,
  languageId: string,
  {
    files,
    example,
    foreign,
    read,
    place,
  }: { files: readonly string[]; example?: string; foreign?: boolean; read: Read; place?: string },
): Promise<string | undefined> {
  const own = Object.hasOwn(BUILT_IN, languageId) ? BUILT_IN[languageId] : undefined;
  const named = example === undefined ? undefined : frameworkOf(example);
  if (own !== undefined || (named !== undefined && !foreign)) return own ?? named;
  const signs =
    (await bySigns(place ?? source, languageId, files, read)) ?? (await bySigns(source, languageId, files, read));
  return signs ?? named ?? (Object.hasOwn(USUAL, languageId) ? USUAL[languageId] : undefined);
}

/** The framework that a test uses, if its text shows it. */
export const frameworkOf = (test: string): string | undefined => firstIn(test, IN_TESTS);

async function bySigns(source: string, languageId: string, files: readonly string[], read: Read) {
  const sign = Object.hasOwn(SIGNS, languageId) ? SIGNS[languageId] : undefined;
  if (!sign) return undefined;
  const known = files.filter((file) => sign.files.some((name) => path.basename(file) === name || file.endsWith(name)));
  for (let folder = path.dirname(source); ; folder = path.dirname(folder)) {
    for (const file of known.filter((file) => path.dirname(file) === folder)) {
      // Sometimes the file's name is the only sign.
      const found = firstIn(`${path.basename(file)}\n${(await read(file)) ?? ""}`, sign.names);
      if (found) return found;
    }
    if (folder === "." || folder === "/") return undefined;
  }
}

const firstIn = (text: string, names: Sign["names"]) => names.find(([pattern]) => pattern.test(text))?.[1];
