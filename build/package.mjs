// Makes the VSIX of one platform, or of all of them: `npm run package -- [--target NAME|all] [--when-stale]`.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install.mjs";

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));
install();
const { createVSIX, listFiles } = await import("@vscode/vsce");
const { assets, stage, translations } = await import("./stage.mjs");
const { TARGETS } = await import("./targets.mjs");

/** The largest VSIX that users should have to download, bytes. */
const MAX_SIZE = 60e6;

const HERE = `${process.platform}-${process.arch}`;
const { target, whenStale } = options(process.argv.slice(2));
for (const name of target === "all" ? Object.keys(TARGETS) : [target])
  await makeVsix(name).catch(({ message }) => fail(`${name}: ${message}`));

function options(args) {
  const at = args.indexOf("--target");
  const target = at < 0 ? HERE : args[at + 1];
  if (target !== "all" && !Object.hasOwn(TARGETS, target)) {
    fail(`There is no target "${target}". The targets: ${Object.keys(TARGETS).join(", ")}, all.`);
    process.exit();
  }
  return { target, whenStale: args.includes("--when-stale") };
}

async function makeVsix(target) {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const { version, repository } = manifest;
  const vsix = `nemotron-local-${target}-${version}.vsix`;
  if (whenStale && existsSync(vsix) && statSync(vsix).mtimeMs > newestChange()) return;
  rmSync(vsix, { force: true });
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-vsix-"));
  try {
    await stage(target, folder);
    checkFiles(await listFiles({ cwd: folder }), manifest, TARGETS[target]);
    // Without a repository vsce cannot make URLs of the README's paths. readme.mjs has removed these paths.
    const published = repository ? {} : { allowMissingRepository: true, rewriteRelativeLinks: false };
    await createVSIX({ cwd: folder, target, packagePath: path.resolve(vsix), ...published });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { size } = statSync(vsix);
  console.log(`${vsix}: ${(size / 1e6).toFixed(1)} MB`);
  if (size > MAX_SIZE) throw new Error(`That is more than ${MAX_SIZE / 1e6} MB.`);
}

/** Throws if a file that has to ship is missing, or one that must not ship is there. */
function checkFiles(files, manifest, binaries) {
  const needed = [
    ...["package.json", "README.md", "CHANGELOG.md", "LICENSE", "THIRD-PARTY-NOTICES.txt", ...assets(manifest)],
    ...translations(),
    ...[
      "dist/extension.cjs",
      "dist/connection.cjs",
      "dist/server.mjs",
      "dist/engine.mjs",
      "dist/host.mjs",
      "dist/grammars/tree-sitter.wasm",
    ],
    ...["dist/media/main.js", "dist/media/main.css", "dist/media/codicon.css", "dist/media/codicon.ttf"],
    ...["dist/media/katex.css", "dist/media/KaTeX_Main-Regular.woff2"],
    "node_modules/node-llama-cpp/dist/index.js",
    ...binaries.map((name) => `node_modules/@node-llama-cpp/${name}/bins/${name}/llama-addon.node`),
  ];
  const missing = needed.filter((file) => !files.includes(file));
  if (missing.length > 0) throw new Error(`Not in the VSIX: ${missing.join(", ")}`);
  const unwanted = files.filter((file) => /\.(map|tsx?|vsix|gguf|py)$|^(test|src|server)\//.test(file));
  if (unwanted.length > 0) throw new Error(`In the VSIX, and not meant to be: ${unwanted.join(", ")}`);
}

/** When a file that a VSIX is made from last changed, Unix time in ms. */
function newestChange() {
  const folders = ["build", "media", "server", "src"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file)),
  );
  const files = [
    "package.json",
    "package-lock.json",
    ".vscodeignore",
    "README.md",
    "CHANGELOG.md",
    ...translations(),
    ...folders,
  ];
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

/** Makes the exit status 1. The other targets are still made. */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
