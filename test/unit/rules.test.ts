/** Rules of the repository: the direction of imports, and the size of files (CONTRIBUTING.md). */
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

/**
 * The rooms: folders or single files, each with the rooms that it may import. A file belongs to the room with the
 * longest name that its path begins with.
 */
const ROOMS: Record<string, string[]> = {
  "server/protocol": [],
  "server/shared": ["server/protocol"],
  "server/files": [],
  "server/files/downloads": ["server/shared"],
  "server/nemotron": ["server/protocol", "server/shared"],
  "server/nemotron/dialects": ["server/nemotron", "server/protocol", "server/shared"],
  "server/engine": ["server/nemotron", "server/protocol"],
  "server/engine/gpu": ["server/engine", "server/protocol"],
  "server/engine/modelFile": [
    "server/engine",
    "server/nemotron",
    "server/nemotron/dialects",
    "server/protocol",
    "server/shared",
  ],
  "server/engine/states": ["server/engine", "server/files", "server/protocol"],
  "server/engine/client": [
    "server/engine",
    "server/engine/gpu",
    "server/engine/states",
    "server/protocol",
    "server/shared",
  ],
  "server/engine/process": [
    "server/engine",
    "server/engine/gpu",
    "server/engine/modelFile",
    "server/engine/states",
    "server/nemotron",
    "server/nemotron/dialects",
    "server/protocol",
  ],
  "server/backends": [
    "server/files/downloads",
    "server/engine",
    "server/engine/gpu",
    "server/files",
    "server/protocol",
    "server/shared",
  ],
  "server/models": [
    "server/files/downloads",
    "server/engine",
    "server/engine/client",
    "server/engine/modelFile",
    "server/files",
    "server/protocol",
    "server/shared",
  ],
  "server/remote": [
    "server/engine",
    "server/engine/client",
    "server/nemotron",
    "server/nemotron/dialects",
    "server/protocol",
    "server/shared",
  ],
  "server/features/text": ["server/protocol"],
  "server/features/code": ["server/features/text"],
  "server/features/context": [
    "server/engine",
    "server/features/code",
    "server/features/text",
    "server/protocol",
    "server/shared",
  ],
  "server/features": [
    "server/engine",
    "server/features/code",
    "server/features/context",
    "server/features/text",
    "server/protocol",
  ],
  "server/features/reading": [
    "server/engine",
    "server/features/code",
    "server/features/text",
    "server/nemotron",
    "server/shared",
  ],
  "server/features/guard": ["server/features/code", "server/features/text"],
  "server/features/passages": ["server/features/guard", "server/features/text", "server/protocol"],
  "server/features/apply": [
    "server/engine",
    "server/features",
    "server/features/code",
    "server/features/context",
    "server/features/guard",
    "server/features/passages",
    "server/features/reading",
    "server/features/text",
    "server/protocol",
  ],
  "server/features/edit": [
    "server/engine",
    "server/features",
    "server/features/apply",
    "server/features/code",
    "server/features/context",
    "server/features/guard",
    "server/features/passages",
    "server/features/reading",
    "server/features/text",
    "server/protocol",
  ],
  "server/features/chat": [
    "server/engine",
    "server/features",
    "server/features/context",
    "server/features/text",
    "server/nemotron/dialects",
    "server/protocol",
  ],
  "server/features/commit": [
    "server/engine",
    "server/features",
    "server/features/context",
    "server/features/text",
    "server/nemotron",
    "server/protocol",
    "server/shared",
  ],
  "server/features/tests": [
    "server/engine",
    "server/features",
    "server/features/apply",
    "server/features/code",
    "server/features/context",
    "server/features/guard",
    "server/features/reading",
    "server/features/text",
    "server/protocol",
    "server/shared",
  ],
  "server/agent/workspace": [
    "server/engine",
    "server/features/context",
    "server/files",
    "server/protocol",
    "server/shared",
  ],
  "server/agent": [
    "server/agent/tools",
    "server/agent/workspace",
    "server/engine",
    "server/features",
    "server/features/chat",
    "server/features/context",
    "server/protocol",
  ],
  "server/agent/tools": [
    "server/agent/workspace",
    "server/features/code",
    "server/features/context",
    "server/features/guard",
    "server/features/text",
    "server/protocol",
  ],
  "server/http/exchange": ["server/engine", "server/nemotron", "server/protocol", "server/shared"],
  "server/http/chat": ["server/engine", "server/http/exchange", "server/nemotron", "server/protocol", "server/shared"],
  "server/http/messages": ["server/engine", "server/http/exchange", "server/protocol", "server/shared"],
  "server/http/responses": ["server/engine", "server/http/exchange", "server/protocol", "server/shared"],
  "server/http": [
    "server/engine",
    "server/http/chat",
    "server/http/exchange",
    "server/http/messages",
    "server/http/responses",
    "server/shared",
  ],
  "server/sharing": ["server/engine", "server/engine/client", "server/files", "server/protocol", "server/shared"],
  "server/sharing/client": [
    "server/engine",
    "server/engine/client",
    "server/engine/states",
    "server/files",
    "server/protocol",
    "server/sharing",
    "server/shared",
  ],
  "server/sharing/host": [
    "server/engine",
    "server/engine/client",
    "server/files",
    "server/models",
    "server/protocol",
    "server/sharing",
  ],
  "server/lsp": [
    "server/agent",
    "server/agent/workspace",
    "server/backends",
    "server/engine",
    "server/engine/modelFile",
    "server/features",
    "server/features/apply",
    "server/features/chat",
    "server/features/code",
    "server/features/commit",
    "server/features/context",
    "server/features/edit",
    "server/features/tests",
    "server/features/text",
    "server/http",
    "server/models",
    "server/nemotron",
    "server/protocol",
    "server/shared",
  ],
  "server/cli": [
    "server/agent",
    "server/agent/workspace",
    "server/backends",
    "server/engine",
    "server/engine/client",
    "server/engine/modelFile",
    "server/features",
    "server/features/code",
    "server/http",
    "server/lsp",
    "server/models",
    "server/protocol",
    "server/remote",
    "server/sharing",
    "server/sharing/client",
  ],
  "server/cli/main.ts": ["server/cli"],

  "media/agent.ts": [],
  "media/messages.ts": ["media/agent.ts", "server/protocol"],
  "media/messageReader.ts": [],
  "media/host": ["media/agent.ts", "media/messageReader.ts", "media/messages.ts"],
  "media/math": [],
  "media/page": ["media/agent.ts", "media/host", "media/math", "media/messages.ts"],
  "media/highlight": ["media/host", "media/messages.ts", "media/page"],
  "media/markdown": ["media/highlight", "media/math"],
  "media/find": ["media/highlight", "media/host", "media/page"],
  "media/model": ["media/messages.ts", "media/page"],
  "media/turns": [
    "media/agent.ts",
    "media/highlight",
    "media/host",
    "media/markdown",
    "media/messages.ts",
    "media/page",
  ],
  "media/composer": ["media/agent.ts", "media/host", "media/messages.ts", "media/page", "media/turns"],
  media: ["media/composer", "media/find", "media/highlight", "media/host", "media/model", "media/page", "media/turns"],

  "src/text": ["media/messages.ts", "server/protocol", "server/shared"],
  "src/config.ts": ["media/messages.ts", "server/protocol", "server/shared", "src/text"],
  "src/editor": [],
  "src/typing": ["src/editor"],
  "src/errors": ["media/messages.ts", "server/protocol", "server/shared", "src/config.ts", "src/text"],
  "src/client": ["server/protocol", "server/shared", "src/config.ts", "src/editor", "src/errors"],
  "src/context": ["media/messages.ts", "server/protocol", "server/shared", "src/editor"],
  "src/models": ["server/protocol", "src/client", "src/config.ts", "src/errors", "src/text", "src/typing"],
  "src/backends": ["server/protocol", "src/client", "src/config.ts", "src/errors", "src/models", "src/text"],
  "src/remote": ["server/shared", "src/client", "src/config.ts", "src/models", "src/typing"],
  "src/sharing": ["src/client", "src/config.ts", "src/errors", "src/models", "src/text"],
  "src/thinking": ["media/messages.ts", "src/config.ts", "src/text", "src/typing"],
  "src/status": [
    "media/messages.ts",
    "server/protocol",
    "server/shared",
    "src/client",
    "src/config.ts",
    "src/errors",
    "src/models",
    "src/text",
  ],
  "src/edit": [
    "media/messages.ts",
    "server/protocol",
    "src/client",
    "src/config.ts",
    "src/context",
    "src/editor",
    "src/errors",
    "src/text",
    "src/typing",
  ],
  "src/agent": [
    "media/agent.ts",
    "media/messages.ts",
    "server/files",
    "server/protocol",
    "server/shared",
    "src/client",
    "src/config.ts",
    "src/context",
    "src/edit",
    "src/editor",
    "src/errors",
    "src/lm",
    "src/text",
  ],
  "src/chat": [
    "media/agent.ts",
    "media/messageReader.ts",
    "media/messages.ts",
    "server/protocol",
    "src/agent",
    "src/client",
    "src/config.ts",
    "src/context",
    "src/edit",
    "src/editor",
    "src/errors",
    "src/models",
    "src/text",
    "src/typing",
  ],
  "src/lm": ["media/messages.ts", "server/protocol", "src/client", "src/config.ts", "src/errors", "src/text"],
  "src/participant": [
    "server/protocol",
    "server/shared",
    "src/client",
    "src/config.ts",
    "src/context",
    "src/editor",
    "src/errors",
    "src/lm",
    "src/text",
  ],
  "src/commands.ts": [
    "src/backends",
    "src/chat",
    "src/config.ts",
    "src/edit",
    "src/errors",
    "src/models",
    "src/remote",
    "src/sharing",
    "src/thinking",
  ],
  "src/extension.ts": [
    "src/agent",
    "src/backends",
    "src/chat",
    "src/client",
    "src/commands.ts",
    "src/context",
    "src/edit",
    "src/editor",
    "src/errors",
    "src/models",
    "src/participant",
    "src/sharing",
    "src/status",
    "src/text",
  ],
};
const BY_LENGTH = Object.keys(ROOMS).sort((a, b) => b.length - a.length);
/** `server/protocol.ts` belongs to the room of its folder. */
const roomOf = (file: string) =>
  BY_LENGTH.find((room) => file === room || file.startsWith(`${room}/`) || file === `${room}.ts`) ?? "";

/** What each file imports of the project. */
const projectImports = new Map(
  files.map((file) => [
    file,
    imports(file)
      .map(({ target }) => target)
      .filter((target) => /^(src|server|media|test)\//.test(target)),
  ]),
);

/** Groups of nodes that lead to each other, by Tarjan's algorithm. */
function cycles(edges: Map<string, string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    order.set(node, order.size);
    lowest.set(node, order.get(node)!);
    open.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) lowest.set(node, Math.min(lowest.get(node)!, lowest.get(next)!));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const group = open.splice(open.indexOf(node));
    if (group.length > 1) found.push(group.sort());
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return found;
}

describe("the repository", () => {
  it("has files", () => assert.ok(files.length > 20));

  it("imports in one direction", () => {
    const wrong = files.flatMap((file) => {
      const from = roomOf(file);
      return projectImports
        .get(file)!
        .filter((target) => roomOf(target) !== from && !ROOMS[from]?.includes(roomOf(target)))
        .map((target) => `${file} imports ${target}`);
    });
    assert.deepEqual(wrong, []);
  });

  it("needs each permission", () => {
    const used = new Set(files.flatMap((file) => projectImports.get(file)!.map((t) => `${roomOf(file)} ${roomOf(t)}`)));
    const unused = Object.entries(ROOMS).flatMap(([from, may]) =>
      may.filter((to) => !used.has(`${from} ${to}`)).map((to) => `${from} need not import ${to}`),
    );
    assert.deepEqual(unused, []);
  });

  it("has no cycles, of files or of rooms", () => {
    assert.deepEqual(cycles(projectImports), []);
    assert.deepEqual(cycles(new Map(Object.entries(ROOMS))), []);
  });

  it("lets only the engine process's rooms import node-llama-cpp, and only src/ vscode", () => {
    const users = (name: string) => files.filter((file) => imports(file).some(({ target }) => target === name));
    assert.deepEqual(
      users("node-llama-cpp").filter((file) => !/^server\/engine\/(process|gpu|states)\//.test(file)),
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

  it("creates folders with makeFolder: Node's recursive mkdir never returns where a folder is impossible", () => {
    assert.deepEqual(
      files.filter((file) => /mkdir(Sync)?\([^;]*recursive/.test(source(file))),
      [],
    );
  });

  it("keeps its files short", () => {
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
