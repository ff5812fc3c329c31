// Builds llama-server, CPU only, from the llama.cpp that node-llama-cpp carries; kept in .llama-server until that changes.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const LLAMA = "node_modules/node-llama-cpp/llama";
const FOLDER = ".llama-server";
const BUILT = path.join(FOLDER, "tag");
const OPTIONS = {
  CMAKE_BUILD_TYPE: "Release",
  BUILD_SHARED_LIBS: "OFF",
  // What a test of its HTTP dialect has no use for.
  LLAMA_BUILD_TESTS: "OFF",
  LLAMA_BUILD_EXAMPLES: "OFF",
  LLAMA_BUILD_APP: "OFF",
  LLAMA_BUILD_UI: "OFF",
  LLAMA_USE_PREBUILT_UI: "OFF",
  LLAMA_OPENSSL: "OFF",
};

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), ".."));
buildLlamaServer();

/** Takes ten minutes or more the first time. */
function buildLlamaServer() {
  const { tag } = JSON.parse(readFileSync(path.join(LLAMA, "llama.cpp.info.json"), "utf8"));
  if (existsSync(BUILT) && readFileSync(BUILT, "utf8") === tag) return;
  const source = path.join(FOLDER, "source");
  const build = path.join(FOLDER, "build");
  rmSync(source, { recursive: true, force: true });
  run("git", ["clone", "--quiet", "-c", "advice.detachedHead=false", path.join(LLAMA, "gitRelease.bundle"), source]);
  run("cmake", ["-S", source, "-B", build, ...Object.entries(OPTIONS).map(([name, value]) => `-D${name}=${value}`)]);
  const jobs = String(Math.min(os.availableParallelism(), 8));
  run("cmake", ["--build", build, "--config", "Release", "--target", "llama-server", "--parallel", jobs]);
  writeFileSync(BUILT, tag);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`${command} ${error?.message ?? `ended with ${status}`}`);
}
