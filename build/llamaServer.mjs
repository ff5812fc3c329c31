/**
 * Builds llama-server on Linux, CPU only, from the llama.cpp in node-llama-cpp. Only the server is compiled: it uses
 * the libraries that node-llama-cpp ships. The result stays in .llama-server, or with `--optimized`, for the benchmark,
 * in .llama-server-optimized, until these change.
 */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const LLAMA = "node_modules/node-llama-cpp/llama";
const NAME = `linux-${process.arch}`;
const LIBRARIES = `node_modules/@node-llama-cpp/${NAME}/bins/${NAME}`;
const OPTIMIZED = process.argv.includes("--optimized");
const FOLDER = OPTIMIZED ? ".llama-server-optimized" : ".llama-server";
const SOURCE = path.join(FOLDER, "source");
const OBJECTS = path.join(FOLDER, "objects");
/** Written when the build is complete. Contains llama.cpp's tag. */
const BUILT = path.join(FOLDER, "tag");
const INCLUDES = [".", "common", "include", "ggml/include", "vendor", "tools/mtmd", "tools/server"];
/**
 * Without optimization the build takes a fifth of the time, and the model's own work is in the libraries. But HTTP, JSON
 * and sampling are compiled here. They count where a token takes less than a millisecond.
 */
const LEVEL = OPTIMIZED ? ["-O2", "-DNDEBUG"] : ["-O0"];
const FLAGS = ["-std=c++17", ...LEVEL, "-w", ...INCLUDES.map((name) => `-I${inSource(name)}`), `-I${OBJECTS}`];

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));
await buildLlamaServer();

/** Takes a minute on two processors the first time, and five minutes with optimization. */
async function buildLlamaServer() {
  const { tag } = JSON.parse(readFileSync(path.join(LLAMA, "llama.cpp.info.json"), "utf8"));
  if (existsSync(BUILT) && readFileSync(BUILT, "utf8") === tag) return;
  if (!existsSync(LIBRARIES)) throw new Error(`llama-server is built on Linux alone: there is no ${LIBRARIES}.`);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(OBJECTS, { recursive: true });
  await run("git", ["clone", "-q", "-c", "advice.detachedHead=false", path.join(LLAMA, "gitRelease.bundle"), SOURCE]);
  withoutUi();
  // The long ones first.
  const sources = [
    inSource("vendor/cpp-httplib/httplib.cpp"),
    ...serverSources().sort((a, b) => statSync(b).size - statSync(a).size),
    ...["clip", "mtmd-helper", "mtmd"].map((name) => inSource(`tools/mtmd/${name}.cpp`)),
    inSource("vendor/hash/hash.cpp"),
    path.join(OBJECTS, "ui.cpp"),
  ];
  const objects = sources.map((file) => path.join(OBJECTS, `${path.basename(file, ".cpp")}.o`));
  await inParallel(sources.map((file, i) => () => run("g++", [...FLAGS, "-c", file, "-o", objects[i]])));
  await link(objects);
  writeFileSync(BUILT, tag);
}

function inSource(name) {
  return path.join(SOURCE, name);
}

function serverSources() {
  const names = readdirSync(inSource("tools/server")).filter((name) => name.endsWith(".cpp"));
  return names.map((name) => inSource(`tools/server/${name}`));
}

/** Leaves out the server's web page, which is built elsewhere: fills its templates without one. */
function withoutUi() {
  const values = { N_ASSETS: "0", USE_GZIP: "false", ASSET_ARRAYS: "", ASSET_TABLE: "" };
  for (const name of ["ui.h", "ui.cpp"]) {
    const template = readFileSync(inSource(`tools/ui/${name}.in`), "utf8").replace(/^#cmakedefine.*$/m, "");
    writeFileSync(
      path.join(OBJECTS, name),
      template.replace(/@(\w+)@/g, (whole, key) => values[key] ?? whole),
    );
  }
}

/**
 * Links the program and puts the libraries beside it, where it looks for backends. The image models (tools/mtmd/models)
 * are left out, because nothing calls them without --mmproj.
 */
async function link(objects) {
  for (const name of readdirSync(LIBRARIES).filter((name) => name.startsWith("lib")))
    symlinkSync(path.join("..", LIBRARIES, name), path.join(FOLDER, name));
  const needed = readdirSync(FOLDER).filter((name) => /^lib(llama|ggml)(-common|-base)?(\.v[\d.]+)?\.so$/.test(name));
  await run("g++", [
    ...["-no-pie", "-Wl,-rpath,$ORIGIN", "-Wl,--unresolved-symbols=ignore-all"],
    ...[...objects, ...needed.map((name) => path.join(FOLDER, name)), "-lpthread"],
    ...["-o", path.join(FOLDER, "llama-server")],
  ]);
}

/** Runs the jobs, as many at a time as there are processors. */
async function inParallel(jobs) {
  const queue = [...jobs];
  const work = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
}

function run(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", 2, 2] });
  return new Promise((resolve, reject) => {
    child.once("error", ({ message }) => reject(new Error(`${command}: ${message}`)));
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
  });
}
