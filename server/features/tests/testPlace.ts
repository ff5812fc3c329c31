/** Finds the place of a file's tests from the names of the project's files. Pure. */
import path from "node:path/posix";
import { extensionOf, languageOf } from "../code/languages.ts";
import { dotnetPlace } from "./dotnetPlace.ts";
import { noDevice, testFileName } from "./testFileName.ts";
import { conventionalPlace, depthOfTests, FOLDERS, packageOf, sharedFolder, unitFolder } from "./testFolders.ts";
import { isAlike, testExtension } from "./testLanguages.ts";

/**
 * `path`: for a new file. `existing`: the file that already has this source's tests. `nearest`: an existing test.
 * `foreign`: that test belongs to another package. Paths are relative to the workspace folder.
 */
export type TestPlace = { path: string; existing?: string; nearest?: string; foreign?: boolean };

/** The names of tests for a source; the first group is the source's name. */
const NAMES: [pattern: RegExp, named: (stem: string) => string][] = [
  [/^(.+)\.test$/, (stem) => `${stem}.test`],
  [/^(.+)\.spec$/, (stem) => `${stem}.spec`],
  [/^(.+)_test$/, (stem) => `${stem}_test`],
  [/^(.+)_spec$/, (stem) => `${stem}_spec`],
  [/^test_(.+)$/, (stem) => `test_${stem}`],
  [/^(.+)-test$/, (stem) => `${stem}-test`],
  [/^(.+)_tests$/, (stem) => `${stem}_tests`],
  [/^(.+)Tests$/, (stem) => `${capital(stem)}Tests`],
  [/^(.+)Test$/, (stem) => `${capital(stem)}Test`],
];
/** Source folders that test folders leave out. */
const SOURCES = new Set(["src", "lib", "app", "source"]);

/** Files that tests share, or that only look like tests. */
const SHARED = /^(?:conftest|(?:test|tests|spec)[_-](?:helpers?|utils?|support|case|base|setup))$/;

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** The place of a source's tests. `source` and `files`: paths with forward slashes. `isBeside`: beside the source, wherever other tests are. The new path is not in `files`. */
export function testPlace(source: string, languageId: string, files: readonly string[], isBeside = false): TestPlace {
  const all = new Set(files);
  const root = packageOf(source, all);
  const tests = testsAmong(files).filter((file) => file !== source && isAlike(languageOf(file), languageId));
  // Tests in .NET are a project of their own.
  const dotnet = /^[cf]sharp$/.test(languageId) ? dotnetPlace(source, files) : undefined;
  const isOwn = (file: string) =>
    dotnet
      ? file.startsWith(`${dotnet.project}/`)
      : /^[cf]sharp$/.test(languageId) || isWithin(packageOf(file, all), root, source);
  const own = nearestOf(source, tests.filter(isOwn));
  const foreign = own === undefined ? nearestOf(source, tests) : undefined;
  // SwiftPM looks nowhere else.
  const convention =
    own === undefined || languageId === "swift" ? conventionalPlace(source, languageId, root, all) : undefined;
  const shared = own === undefined && !convention ? sharedFolder(source, languageId, root, files) : undefined;
  const there = foreign && path.join(root, path.relative(packageOf(foreign, all), foreign));
  // A package without tests uses the place of another package's test, moved into this one.
  const nearest =
    own ?? (shared === undefined ? there : path.join(shared, path.basename(testFileName("x", languageId))));
  const folder =
    (isBeside ? path.dirname(source) : undefined) ??
    dotnet?.folder ??
    convention?.folder ??
    (nearest === undefined ? path.dirname(source) : folderFor(source, nearest, files, languageId));
  const name = nameFor(source, languageId, own ?? foreign, convention?.named ?? namedIn(folder, languageId));
  const wanted = path.join(folder, name);
  return {
    path: free(wanted, all),
    ...(all.has(wanted) && wanted !== source && { existing: wanted }),
    nearest: own ?? foreign,
    ...(foreign !== undefined && { foreign: true }),
  };
}

/** Whether the tests of one package belong to another: to the same package, or to one inside it. */
const isWithin = (tests: string, root: string, source: string) =>
  tests === root || tests === "." || source.startsWith(`${tests}/`);

function testsAmong(files: readonly string[]): string[] {
  const isNamed = (file: string) => !SHARED.test(stemOf(file)) && NAMES.some(([pattern]) => pattern.test(stemOf(file)));
  const named = new Set(files.filter(isNamed));
  const folders = new Set([...named].map((file) => path.dirname(file)));
  return files.filter((file) => named.has(file) || (isInTests(file) && !folders.has(path.dirname(file))));
}

/** Jest runs every file in such a folder as a test. */
const isInTests = (file: string) =>
  path.basename(path.dirname(file)) === "__tests__" && /^(?:type|java)script/.test(languageOf(file));

const stemOf = (file: string) => path.basename(file, path.extname(file));

/** The test that is the fewest folders away from the source; of several, the one with the shortest path. */
function nearestOf(source: string, tests: readonly string[]): string | undefined {
  const steps = (file: string) =>
    path.relative(path.dirname(source), path.dirname(file)).split("/").filter(Boolean).length;
  return tests.toSorted((a, b) => steps(a) - steps(b) || a.length - b.length || (a < b ? -1 : 1))[0];
}

function folderFor(source: string, nearest: string, files: readonly string[], languageId: string): string {
  const own = path.dirname(source);
  const beside = path.dirname(nearest);
  // In Go, tests are in the package of their source.
  if (languageId === "go" || beside === own) return own;
  const java = own.replace(/(^|\/)main(?=\/|$)/, "$1test");
  if (java !== own && /(^|\/)(?:test|\w+Test)(?=\/|$)/.test(beside)) return java;
  const parts = beside.split("/");
  const at = parts.findIndex((part) => FOLDERS.has(part));
  if (at < 0) return sharesFolder(nearest, files) ? own : beside;
  const depth = depthOfTests(parts);
  const top = unitFolder(parts.slice(0, at + 1).join("/"), depth > at + 1 ? files : []);
  const [parent, mirrored] = [parts.slice(0, at).join("/"), parts.slice(depth)];
  // A test folder inside a source folder is for that source folder only; each source folder has its own.
  if (parent !== "" && parent !== own && !own.startsWith(`${parent}/`)) return path.join(own, parts[at]!);
  const inside = path.relative(parent, own).split("/").filter(Boolean);
  const bare = SOURCES.has(inside[0] ?? "") ? inside.slice(1) : inside;
  const folders = new Set(files.map((file) => path.dirname(file)));
  // A package's tests may be laid out without its name.
  const shorter = inside.slice(1).map((_, i) => inside.slice(i + 1));
  const candidates = [inside, bare, ...shorter].map((rest) => path.join(top, ...rest));
  const known = candidates.find((folder) => folders.has(folder));
  if (known !== undefined || mirrored.length === 0) return known ?? top;
  const left = leftOut(nearest, mirrored.join("/"), parent, files);
  return left !== undefined && own.startsWith(`${left}/`) ? path.join(top, path.relative(left, own)) : candidates[1]!;
}

/** The folder whose layout the folders of a test mirror. `mirrored`: the path of the test's source below it. */
function leftOut(test: string, mirrored: string, parent: string, files: readonly string[]): string | undefined {
  const tested = NAMES.flatMap(([pattern]) => pattern.exec(stemOf(test))?.[1] ?? []);
  const source = files.find(
    (file) => file !== test && tested.includes(stemOf(file)) && path.dirname(file).endsWith(`/${mirrored}`),
  );
  const folder = source && path.dirname(source).slice(0, -mirrored.length - 1);
  return folder !== undefined && (parent === "" || folder.startsWith(parent)) ? folder : undefined;
}

/** RSpec runs only files with this name. */
const namedIn = (folder: string, languageId: string) =>
  languageId === "ruby" && folder.split("/").includes("spec") ? (stem: string) => `${stem}_spec` : undefined;

/** Whether a test is beside its source. */
function sharesFolder(test: string, files: readonly string[]): boolean {
  const [folder, stem] = [path.dirname(test), stemOf(test)];
  const tested = NAMES.flatMap(([pattern]) => pattern.exec(stem)?.[1] ?? []);
  return files.some((file) => path.dirname(file) === folder && tested.includes(stemOf(file)));
}

function nameFor(
  source: string,
  languageId: string,
  nearest: string | undefined,
  usualName?: (stem: string) => string,
): string {
  const usual = testFileName(source, languageId);
  const extension = testExtension(languageId, extensionOf(usual), nearest && extensionOf(nearest));
  const own = nearest && isInTests(nearest) ? (stem: string) => stem : undefined;
  const named = (nearest && NAMES.find(([pattern]) => pattern.test(stemOf(nearest)))?.[1]) ?? own ?? usualName;
  if (!named) return usual;
  const stem = path
    .basename(source, path.extname(source))
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^\.+/, "");
  return noDevice(`${named(stem || "selection")}.${extension}`);
}

/** A path that is not taken. A number goes where it does not change the type of the file. */
function free(wanted: string, taken: ReadonlySet<string>): string {
  const [folder, name] = [path.dirname(wanted), path.basename(wanted)];
  const stem = NAMES.flatMap(([pattern]) => pattern.exec(stemOf(name))?.[1] ?? [])[0] ?? stemOf(name);
  for (let n = 1; ; n++) {
    const tried = path.join(folder, n === 1 ? name : name.replace(stem, `${stem}${n}`));
    if (!taken.has(tried)) return tried;
  }
}
