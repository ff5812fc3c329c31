// Copies node-llama-cpp and its dependencies, in the versions of the lock file. All other dependencies are bundled.
import { cpSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { unpackBinary } from "./install.mjs";

const LIBRARY = "node_modules/node-llama-cpp";
/** Its sources for building llama.cpp, and its templates for new projects. */
const LIBRARY_UNUSED =
  /^(templates|llama\/(gitRelease\.bundle|CMakeLists\.txt|addon|cmake|patches|profiles|toolchains|xpack))(\/|$)/;
const UNUSED_FOLDERS = /(^|\/)(test|tests|example|examples|docs|\.github|\.bin)(\/|$)/;
const UNUSED_FILES = /\.d\.[cm]?ts$|\.map$|(?<!license)\.md$/i;

/** Copies the library with the given packages of binaries. Returns the `dependencies` for the manifest. */
export function copyRuntime(binaries, target) {
  for (const folder of closure(LIBRARY)) copyPackage(folder, path.join(target, path.relative("node_modules", folder)));
  const { version } = JSON.parse(readFileSync(path.join(LIBRARY, "package.json"), "utf8"));
  for (const name of binaries) {
    const folder = path.join(target, "@node-llama-cpp", name);
    if (isInstalled(name, version)) copyPackage(`node_modules/@node-llama-cpp/${name}`, folder);
    else unpackBinary(name, folder);
  }
  const packages = ["node-llama-cpp", ...binaries.map((name) => `@node-llama-cpp/${name}`)];
  return Object.fromEntries(packages.map((name) => [name, version]));
}

/** Whether the package itself is installed, and not the small one that `overrides` puts in its place. */
function isInstalled(name, version) {
  const manifest = `node_modules/@node-llama-cpp/${name}/package.json`;
  if (!existsSync(manifest)) return false;
  const installed = JSON.parse(readFileSync(manifest, "utf8"));
  return installed.name === `@node-llama-cpp/${name}` && installed.version === version;
}

function copyPackage(from, to) {
  cpSync(from, to, {
    recursive: true,
    filter: (source) => {
      const file = path.relative(from, source).split(path.sep).join("/");
      // Nested packages that are needed are in the closure themselves.
      if (/^node_modules(\/|$)/.test(file) || UNUSED_FOLDERS.test(file) || UNUSED_FILES.test(file)) return false;
      return from !== LIBRARY || !LIBRARY_UNUSED.test(file);
    },
  });
}

/** The folders of a package and of all its dependencies, without optional ones. */
function closure(root) {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const found = new Set();
  const add = (folder) => {
    if (found.has(folder)) return;
    found.add(folder);
    for (const name of Object.keys(packages[folder].dependencies ?? {})) add(resolve(packages, folder, name));
  };
  add(root);
  return found;
}

/** The folder where Node finds a package that a folder imports: in it, or further up. */
function resolve(packages, folder, name) {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const candidate = path.posix.join(at, "node_modules", name);
    if (candidate in packages) return candidate;
    if (at === "") throw new Error(`${name}, which ${folder} needs, is not in the lock file.`);
  }
}
