/** Where tests of .NET stand: in a project of their own, which is named for the one that it tests. Pure. */
import path from "node:path/posix";

const PROJECT = /\.[cf]sproj$/;
const TESTS = /tests?$/i;

/** `project`: the folder of the tests' project. Undefined where there is none. */
export function dotnetPlace(source: string, files: readonly string[]): { project: string; folder: string } | undefined {
  const projects = files
    .filter((file) => PROJECT.test(file))
    .map((file) => ({ folder: path.dirname(file), name: path.basename(file).replace(PROJECT, "") }));
  const own = projects
    .filter(({ folder }) => folder === "." || source.startsWith(`${folder}/`))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];
  const tests = projects.filter(({ folder, name }) => TESTS.test(name) && folder !== "." && folder !== own?.folder);
  const named =
    own && tests.find(({ name }) => name.startsWith(`${own.name}.`) || name.replace(/\.?\w*tests?$/i, "") === own.name);
  const chosen = named ?? tests[0];
  if (!chosen) return undefined;
  const project = chosen.folder;
  const inside = own ? path.relative(own.folder, path.dirname(source)) : "";
  // Its folders are those of the project that it tests, or it has none.
  const isLaidOut = files.some((file) => /\.[cf]s$/.test(file) && path.dirname(file).startsWith(`${project}/`));
  return { project, folder: isLaidOut ? path.join(project, inside) : project };
}
