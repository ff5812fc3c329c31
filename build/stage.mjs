// Puts the contents of a platform's VSIX into an empty folder.
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundleForShipping } from "./bundle.mjs";
import { notices } from "./notices.mjs";
import { readmeForGallery } from "./readme.mjs";
import { copyRuntime } from "./runtime.mjs";
import { TARGETS } from "./targets.mjs";

/** @param target a key of TARGETS. @param folder an empty folder. */
export async function stage(target, folder) {
  const write = (file, text) => writeFileSync(path.join(folder, file), text);
  const ours = JSON.parse(readFileSync("package.json", "utf8"));
  for (const file of ["LICENSE", "CHANGELOG.md", ".vscodeignore"]) cpSync(file, path.join(folder, file));
  for (const file of [...assets(ours), ...translations()]) cpSync(file, path.join(folder, file));
  const readme = readFileSync("README.md", "utf8");
  write("README.md", ours.repository ? readme : readmeForGallery(readme));
  const sources = await bundleForShipping(path.join(folder, "dist"));
  write("THIRD-PARTY-NOTICES.txt", notices(sources));
  const dependencies = copyRuntime(TARGETS[target], path.join(folder, "node_modules"));
  write("package.json", manifest(ours, dependencies));
}

/** The icons and pictures that the manifest names. */
export function assets(manifest) {
  return new Set([...JSON.stringify(manifest).matchAll(/"(media\/[^"]+)"/g)].map(([, file]) => file));
}

/** The files with the texts of the manifest and of the extension. */
export function translations() {
  const ofManifest = readdirSync(".").filter((file) => /^package\.nls.*\.json$/.test(file));
  return [...ofManifest, ...readdirSync("l10n").map((file) => `l10n/${file}`)];
}

/** The manifest without what only development needs. Bundled packages are no longer dependencies. */
function manifest(ours, dependencies) {
  const { devDependencies, scripts, private: _, overrides, "// TO FILL IN before publishing": __, ...rest } = ours;
  return `${JSON.stringify({ ...rest, dependencies }, undefined, 2)}\n`;
}
