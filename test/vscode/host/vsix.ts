/** The VSIX under test, and the extension as it is installed from it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Host } from "./install.ts";

export const MANIFEST = JSON.parse(readFileSync("package.json", "utf8"));
export const EXTENSION_ID = `${MANIFEST.publisher}.${MANIFEST.name}`;

const FOLDER = path.resolve(".vscode-test/extensions");
const EXTENSIONS = path.join(FOLDER, "installed");
const STAMP = path.join(FOLDER, "stamp");

/** The VSIX of this platform, made again if one of its files has changed. */
export function vsixOfThisPlatform(): string {
  if (process.env.NEMOTRON_TEST_VSIX !== "in place")
    // Its output is only of interest if it fails, and is in the error then.
    execFileSync(process.execPath, ["build/package.mjs", "--when-stale"], { stdio: ["ignore", "ignore", "pipe"] });
  return path.resolve(`${MANIFEST.name}-${process.platform}-${process.arch}-${MANIFEST.version}.vsix`);
}

/** Installs the VSIX by VS Code's own means. Returns the folder of extensions, which all servers share. */
export function installVsix({ node, entry }: Host): string {
  const vsix = vsixOfThisPlatform();
  const stamp = `${vsix} ${statSync(vsix).mtimeMs}`;
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === stamp) return EXTENSIONS;
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const config = path.join(FOLDER, "config.yaml");
  writeFileSync(config, "auth: none\n");
  const folders = ["--config", config, "--user-data-dir", path.join(FOLDER, "user"), "--extensions-dir", EXTENSIONS];
  const output = execFileSync(node, [entry, ...folders, "--install-extension", vsix, "--force"], {
    encoding: "utf8",
    env: { ...process.env, HOME: FOLDER },
  });
  if (!output.includes("successfully installed")) throw new Error(`The VSIX could not be installed: ${output}`);
  writeFileSync(STAMP, stamp);
  return EXTENSIONS;
}

/** Where the installed extension's files are. */
export function extensionFolder(extensions: string): string {
  return path.join(extensions, `${EXTENSION_ID}-${MANIFEST.version}`);
}
