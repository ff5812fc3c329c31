import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A copy of the product with a newer version. Returns its folder. */
export function newerVersion(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-newer-"));
  symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
  for (const name of ["server.mjs", "engine.mjs", "host.mjs", "shared"])
    cpSync(path.join("dist", name), path.join(folder, "dist", name), { recursive: true });
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...manifest, version: "99.0.0" }));
  return folder;
}
