/** Where a project's tests for a file go, judged by the names of the files that there are. Pure. */
import path from "node:path/posix";
import { extensionOf, languageOf } from "./languages.ts";
import { noDevice, testFileName } from "./testFileName.ts";

/** `nearest`: an existing test. Paths are relative to the workspace folder. */
export type TestPlace = { path: string; nearest?: string };

/** How a test is named after what it tests; the first group is that. */
const NAMES: [pattern: RegExp, named: (stem: string) => string][] = [
  [/^(.+)\.test$/, (stem) => `${stem}.test`],
  [/^(.+)\.spec$/, (stem) => `${stem}.spec`],
  [/^(.+)_test$/, (stem) => `${stem}_test`],
  [/^(.+)_spec$/, (stem) => `${stem}_spec`],
  [/^test_(.+)$/, (stem) => `test_${stem}`],
  [/^(.+)-test$/, (stem) => `${stem}-test`],
  [/^(.+)Tests$/, (stem) => `${capital(stem)}Tests`],
  [/^(.+)Test$/, (stem) => `${capital(stem)}Test`],
];
const FOLDERS = new Set(["test", "tests", "__tests__", "spec", "specs", "Tests"]);
/** Folders of sources that folders of tests do without. */
const SOURCES = new Set(["src", "lib", "app", "source"]);

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** `source` and `files`: paths with forward slashes. The path that is proposed is none of `files`. */
export function testPlace(source: string, languageId: string, files: readonly string[]): TestPlace {
  const all = new Set(files);
  const tests = files.filter((file) => file !== source && isTest(file) && isAlike(languageOf(file), languageId));
  const nearest = nearestOf(source, tests);
  const folder = nearest === undefined ? path.dirname(source) : folderFor(source, nearest, files, languageId);
  return { path: free(path.join(folder, nameFor(source, languageId, nearest)), all), nearest };
}

function isTest(file: string): boolean {
  const stem = stemOf(file);
  return stem !== "conftest" && NAMES.some(([pattern]) => pattern.test(stem));
}

const stemOf = (file: string) => path.basename(file, path.extname(file));

/** TypeScript's tests may test JavaScript, and the other way round. */
function isAlike(a: string, b: string): boolean {
  const family = (id: string) =>
    /^(?:type|java)script/.test(id) ? "script" : /^(?:c|cpp|cuda-cpp)$/.test(id) ? "c" : id;
  return family(a) === family(b);
}

/** The one with the fewest steps between; of several, the one of the shortest name. */
function nearestOf(source: string, tests: readonly string[]): string | undefined {
  const steps = (file: string) =>
    path.relative(path.dirname(source), path.dirname(file)).split("/").filter(Boolean).length;
  return tests.toSorted((a, b) => steps(a) - steps(b) || a.length - b.length || (a < b ? -1 : 1))[0];
}

function folderFor(source: string, nearest: string, files: readonly string[], languageId: string): string {
  const own = path.dirname(source);
  const beside = path.dirname(nearest);
  // A package of Go, and its tests.
  if (languageId === "go" || beside === own) return own;
  const java = own.replace(/(^|\/)main(?=\/|$)/, "$1test");
  if (java !== own && /(^|\/)test(?=\/|$)/.test(beside)) return java;
  const parts = beside.split("/");
  const at = parts.findIndex((part) => FOLDERS.has(part));
  if (at < 0) return sharesFolder(nearest, files) ? own : beside;
  const top = parts.slice(0, at + 1).join("/");
  const [parent, mirrored] = [parts.slice(0, at).join("/"), parts.length > at + 1];
  // A folder for tests inside of a folder of sources is for that folder's own, and each has its own.
  if (parent !== "" && parent !== own && !own.startsWith(`${parent}/`)) return path.join(own, parts[at]!);
  const inside = path.relative(parent, own).split("/").filter(Boolean);
  const bare = SOURCES.has(inside[0] ?? "") ? inside.slice(1) : inside;
  const folders = new Set(files.map((file) => path.dirname(file)));
  const candidates = [inside, bare].map((rest) => path.join(top, ...rest));
  return candidates.find((folder) => folders.has(folder)) ?? (mirrored ? candidates[1]! : top);
}

/** Whether a test stands beside what it tests. */
function sharesFolder(test: string, files: readonly string[]): boolean {
  const [folder, stem] = [path.dirname(test), stemOf(test)];
  const tested = NAMES.flatMap(([pattern]) => pattern.exec(stem)?.[1] ?? []);
  return files.some((file) => path.dirname(file) === folder && tested.includes(stemOf(file)));
}

function nameFor(source: string, languageId: string, nearest: string | undefined): string {
  const usual = testFileName(source, languageId);
  const convention = nearest && NAMES.find(([pattern]) => pattern.test(stemOf(nearest)));
  if (!convention) return usual;
  const [, named] = convention;
  const stem = path
    .basename(source, path.extname(source))
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^\.+/, "");
  return noDevice(`${named(stem || "selection")}.${extensionOf(usual)}`);
}

/** A number goes where it does not change what the file is. */
function free(wanted: string, taken: ReadonlySet<string>): string {
  const [folder, name] = [path.dirname(wanted), path.basename(wanted)];
  const stem = NAMES.flatMap(([pattern]) => pattern.exec(stemOf(name))?.[1] ?? [])[0] ?? stemOf(name);
  for (let n = 1; ; n++) {
    const tried = path.join(folder, n === 1 ? name : name.replace(stem, `${stem}${n}`));
    if (!taken.has(tried)) return tried;
  }
}
