/** Rules of the house, kept by a test: which way imports go, and how large files may be (CONTRIBUTING.md). */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const FOLDERS = ["src", "server", "media"];
const MAX_LINES = 300;
const MEDIAN_LINES = 100;

const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => path.posix.join(folder, file.split(path.sep).join("/"))),
);
const source = (file: string) => readFileSync(file, "utf8");

/** What a file imports: paths from the repository's root, or package names. */
function imports(file: string): { target: string; typeOnly: boolean }[] {
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?[^;"'()]*?(?:from\s+)?["']([^"']+)["']|import\(["']([^"']+)["']\)/gm;
  return [...source(file).matchAll(pattern)].map(([, type, statically, dynamically]) => {
    const target = (statically ?? dynamically)!;
    const resolved = target.startsWith(".") ? path.posix.join(path.posix.dirname(file), target) : target;
    return { target: resolved, typeOnly: type !== undefined };
  });
}

/** A room of the house, and those it may import from beside itself. */
const ROOMS: { room: string; holds: (file: string) => boolean; may: string[] }[] = [
  { room: "protocol", holds: (f) => /^server\/protocol(\/\w+)?\.ts$/.test(f), may: [] },
  { room: "nemotron", holds: (f) => f.startsWith("server/nemotron/"), may: ["protocol"] },
  { room: "engine", holds: (f) => f.startsWith("server/engine/"), may: ["files", "nemotron", "protocol"] },
  { room: "files", holds: (f) => f.startsWith("server/files/"), may: [] },
  { room: "backends", holds: (f) => f.startsWith("server/backends/"), may: ["engine", "files", "protocol"] },
  { room: "models", holds: (f) => f.startsWith("server/models/"), may: ["engine", "files", "nemotron", "protocol"] },
  { room: "remote", holds: (f) => f.startsWith("server/remote/"), may: ["engine", "nemotron", "protocol"] },
  {
    room: "features",
    holds: (f) => f.startsWith("server/features/"),
    may: ["engine", "nemotron", "models", "protocol"],
  },
  { room: "http", holds: (f) => f.startsWith("server/http/"), may: ["engine", "models", "nemotron", "protocol"] },
  {
    room: "sharing",
    holds: (f) => f.startsWith("server/sharing/"),
    may: ["engine", "files", "models", "protocol"],
  },
  { room: "main", holds: (f) => f === "server/main.ts", may: ["cli"] },
  {
    room: "cli",
    holds: (f) => f.startsWith("server/cli/"),
    may: ["server", "sharing", "http", "remote", "engine", "models", "backends", "protocol"],
  },
  {
    room: "server",
    holds: (f) => f.startsWith("server/"),
    may: ["features", "http", "remote", "engine", "nemotron", "models", "backends", "protocol"],
  },
  { room: "messages", holds: (f) => f === "media/messages.ts", may: ["protocol"] },
  { room: "media", holds: (f) => f.startsWith("media/"), may: ["messages"] },
  { room: "src", holds: (f) => f.startsWith("src/"), may: ["protocol", "messages"] },
];
const roomOf = (file: string) => ROOMS.find(({ holds }) => holds(file));

describe("the house", () => {
  it("has files", () => assert.ok(files.length > 20));

  it("imports in one direction", () => {
    const wrong = files.flatMap((file) =>
      imports(file)
        .filter(({ target }) => /^(src|server|media|test)\//.test(target))
        .filter(({ target }) => {
          const [from, to] = [roomOf(file)!, roomOf(target)];
          return to?.room !== from.room && !from.may.includes(to?.room ?? "");
        })
        .map(({ target }) => `${file} imports ${target}`),
    );
    assert.deepEqual(wrong, []);
  });

  it("lets only engine/ import node-llama-cpp, and only src/ vscode", () => {
    const users = (name: string) => files.filter((file) => imports(file).some(({ target }) => target === name));
    assert.deepEqual(
      users("node-llama-cpp").filter((file) => !file.startsWith("server/engine/")),
      [],
    );
    assert.deepEqual(
      users("vscode").filter((file) => !file.startsWith("src/")),
      [],
    );
  });

  it("keeps nemotron/ pure: no I/O", () => {
    const impure = files
      .filter((file) => file.startsWith("server/nemotron/"))
      .filter((file) => imports(file).some(({ target }) => target.startsWith("node:")));
    assert.deepEqual(impure, []);
  });

  it("imports only types of the protocol in media/", () => {
    const values = files
      .filter((file) => file.startsWith("media/"))
      .filter((file) => imports(file).some(({ target, typeOnly }) => target.startsWith("server/") && !typeOnly));
    assert.deepEqual(values, []);
  });

  it("keeps files readable in a sitting", () => {
    const lines = files.map((file) => ({ file, lines: source(file).split("\n").length - 1 }));
    assert.deepEqual(
      lines.filter(({ lines }) => lines > MAX_LINES),
      [],
    );
    const sorted = lines.map(({ lines }) => lines).sort((a, b) => a - b);
    assert.ok(
      sorted[Math.floor(sorted.length / 2)]! <= MEDIAN_LINES,
      `the median file has ${sorted[Math.floor(sorted.length / 2)]} lines`,
    );
  });
});
