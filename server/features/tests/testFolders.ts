/** Finds where test runners look for a file's tests, in a package that has none yet. Pure. */
import path from "node:path/posix";
import { languageOf } from "../code/languages.ts";
import { isAlike } from "./testLanguages.ts";

/** Folders that hold tests, whatever their content. */
export const FOLDERS = new Set(["test", "tests", "__tests__", "spec", "specs", "Tests"]);
/** A folder with one of these is a package of its own. */
const MANIFESTS = new Set([
  ...["package.json", "deno.json", "Cargo.toml", "pyproject.toml", "setup.py", "go.mod", "pom.xml", "build.gradle"],
  ...["build.gradle.kts", "mix.exs", "pubspec.yaml", "composer.json", "Gemfile", "Package.swift"],
  ...["project.clj", "deps.edn", "shadow-cljs.edn", "bb.edn", "rebar.config"],
]);
/** Folders of tests for kinds of tests. */
const KINDS = /^(?:unit|feature|integration|functional|e2e|acceptance)$/i;

/** The depth of the folder that holds a path's tests, or a kind of them: 2 for `tests/Unit`. 0 if there is none. */
export function depthOfTests(parts: readonly string[]): number {
  const at = parts.findIndex((part) => FOLDERS.has(part)) + 1;
  return at > 0 && KINDS.test(parts[at] ?? "") ? at + 1 : at;
}

/** The folder for unit tests in a folder of tests, or that folder. */
export function unitFolder(tests: string, files: Iterable<string>): string {
  for (const file of files) {
    const [first, ...rest] = file.startsWith(`${tests}/`) ? file.slice(tests.length + 1).split("/") : [];
    if (rest.length > 0 && /^unit$/i.test(first!)) return path.join(tests, first!);
  }
  return tests;
}

/** The folder of a file's package; "." if none is found. */
export function packageOf(file: string, files: ReadonlySet<string>): string {
  for (let folder = path.dirname(file); folder !== "." && folder !== "/"; folder = path.dirname(folder))
    for (const manifest of MANIFESTS) if (files.has(path.join(folder, manifest))) return folder;
  return ".";
}

/** The name that the language's runner requires, if the folder decides it. */
type Convention = { folder: string; named?: (stem: string) => string };

/** The place that a language prescribes. Undefined if tests are beside their source. `root`: the package's folder. */
export function conventionalPlace(
  source: string,
  languageId: string,
  root: string,
  files: ReadonlySet<string>,
): Convention | undefined {
  const own = path.dirname(source);
  const inRoot = path.relative(root, own);
  const has = (name: string) => files.has(path.join(root, name));
  /** The part of the path below the source folder. */
  const below = (sources: string) => {
    const [first, ...rest] = inRoot.split("/");
    return first === sources ? rest.join("/") : undefined;
  };
  switch (languageId) {
    case "java":
    case "kotlin":
    case "scala":
    case "groovy": {
      // Kotlin for several platforms has a folder for each: `src/commonMain`.
      const tests = own
        .replace(/(^|\/)src\/main(?=\/|$)/, "$1src/test")
        .replace(/(^|\/)src\/(\w+)Main(?=\/|$)/, "$1src/$2Test");
      return tests === own ? undefined : { folder: tests };
    }
    case "rust":
      return has("Cargo.toml") ? { folder: path.join(root, "tests") } : undefined;
    case "clojure":
      return { folder: path.join(root, "test", below("src") ?? inRoot) };
    case "erlang":
      return has("rebar.config") ? { folder: path.join(root, "test") } : undefined;
    case "elixir":
      return has("mix.exs") ? { folder: path.join(root, "test", below("lib") ?? inRoot) } : undefined;
    case "dart":
      return has("pubspec.yaml") ? { folder: path.join(root, "test", below("lib") ?? inRoot) } : undefined;
    case "php":
      return has("composer.json")
        ? { folder: path.join(unitFolder(path.join(root, "tests"), files), below("src") ?? below("app") ?? "") }
        : undefined;
    case "swift":
      return has("Package.swift") && below("Sources") !== undefined
        ? { folder: path.join(root, "Tests", below("Sources")!.replace(/^[^/]+/, "$&Tests")) }
        : undefined;
    case "ruby": {
      if (!has(".rspec") && !has("spec/spec_helper.rb")) return undefined;
      const inside = below("app") ?? below("lib") ?? inRoot;
      return { folder: path.join(root, "spec", inside), named: (stem) => `${stem}_spec` };
    }
    case "csharp":
    case "fsharp": {
      const projects = [...files].filter((file) => /tests?\.[cf]sproj$/i.test(file)).map((file) => path.dirname(file));
      return projects[0] === undefined ? undefined : { folder: projects[0] };
    }
    default:
      return undefined;
  }
}

/** The nearest test folder in the package, even if it holds only shared files (`conftest.py`). */
export function sharedFolder(
  source: string,
  languageId: string,
  root: string,
  files: readonly string[],
): string | undefined {
  const inPackage = (file: string) => root === "." || file.startsWith(`${root}/`);
  const folders = files
    .filter((file) => inPackage(file) && isAlike(languageOf(file), languageId))
    .map((file) => path.dirname(file))
    .filter((folder) => FOLDERS.has(path.basename(folder)));
  const steps = (folder: string) => path.relative(path.dirname(source), folder).split("/").length;
  return folders.toSorted((a, b) => steps(a) - steps(b))[0];
}
