/** Finds the command that checks a project, such as its tests, from the project's files. */
import { parse } from "jsonc-parser";
import type { Workspace } from "./workspace/workspace.ts";

/** Scripts of package.json, best first. */
const SCRIPTS = ["test", "check", "typecheck", "type-check", "lint", "build"];
/** The test script that npm writes into a new package.json. */
const NO_TEST = /no test specified/;

/** Undefined if no file names a command. */
export async function findCheck(workspace: Pick<Workspace, "resolve" | "read">): Promise<string | undefined> {
  const text = async (name: string): Promise<string | undefined> => {
    try {
      return (await workspace.read(await workspace.resolve(name))).getText();
    } catch {
      return undefined;
    }
  };
  const manifest = await text("package.json");
  const script = manifest === undefined ? undefined : scriptOf(manifest);
  if (script !== undefined) return script === "test" ? "npm test" : `npm run ${script}`;
  const makefile = await text("Makefile");
  if (makefile !== undefined && /^(?:test|check)\s*:(?!=)/m.test(makefile))
    return /^test\s*:(?!=)/m.test(makefile) ? "make test" : "make check";
  if ((await text("Cargo.toml")) !== undefined) return "cargo test --quiet";
  if ((await text("go.mod")) !== undefined) return "go test ./...";
  if (/pytest/.test((await text("pyproject.toml")) ?? "") || (await text("pytest.ini")) !== undefined)
    return "python -m pytest -q";
  return undefined;
}

function scriptOf(manifest: string): string | undefined {
  const { scripts } = (parse(manifest) ?? {}) as { scripts?: Record<string, unknown> };
  return SCRIPTS.find((name) => typeof scripts?.[name] === "string" && !NO_TEST.test(scripts[name] as string));
}
