/** npm registries: the one that this machine uses, and one on the loopback that can be made to fail. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { libraryVersion } from "../../server/engine/gpu/storedPackages.ts";

/** npm's settings on this machine: the registry, and trusted certificates. */
export function npmSettings(): { registry: string; env: Record<string, string> } {
  const get = (name: string) =>
    execFileSync("npm", ["config", "get", name], { encoding: "utf8", shell: process.platform === "win32" }).trim();
  const cafile = get("cafile");
  return {
    registry: get("registry"),
    env: cafile === "" || cafile === "null" ? {} : { NODE_EXTRA_CA_CERTS: cafile },
  };
}

export const NAME = "@node-llama-cpp/linux-x64-vulkan";
const VERSION = libraryVersion();

/** An entry of a tar archive. */
export type Entry = {
  path: string;
  type?: "File" | "Directory" | "SymbolicLink" | "Link";
  linkpath?: string;
  text?: string;
};

/** Tells node-llama-cpp where the binaries are, like its own packages. */
const ENTRY = `import { fileURLToPath } from "node:url";
export const getBinsDir = () => ({
  binsDir: fileURLToPath(new URL("../bins", import.meta.url)),
  packageVersion: ${JSON.stringify(VERSION)},
});`;

/** A package as npm packs it, without working binaries. */
function packed(name: string): Entry[] {
  const bins = `package/bins/${name.split("/")[1]}`;
  return [
    { path: "package/package.json", text: JSON.stringify({ name, version: VERSION, type: "module" }) },
    { path: "package/dist/index.js", text: ENTRY },
    { path: `${bins}/llama-addon.node`, text: "x".repeat(200_000) },
    { path: `${bins}/_nlcBuildMetadata.json`, text: JSON.stringify({ buildOptions: {} }) },
  ];
}

export const PACKAGE = packed(NAME);

/** A package as npm's registry serves it: a gzipped tar archive. */
export function archive(entries: Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", linkpath, text = "" }) => {
    const data = Buffer.from(text);
    const header = new Header({ path, type, linkpath, size: data.length, mode: 0o644, mtime: new Date(0) });
    header.encode();
    return [header.block!, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  // Not compressed, so that half of the archive is half of its content.
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 0 });
}

export type Handler = (request: IncomingMessage, response: ServerResponse, archive: Buffer) => void;

/** Answers requests for packages of binaries, correctly by default. */
export class LoopbackRegistry {
  /** Replaces the correct package. */
  archive: Buffer | undefined;
  /** Changes to the answer about the package. */
  manifest: Record<string, unknown> = {};
  dist: Record<string, unknown> = {};
  onManifest: Handler | undefined;
  onArchive: Handler = (_, response, archive) => response.end(archive);
  /** The requested paths. */
  readonly asked: string[] = [];
  private readonly server = createServer((request, response) => this.answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/npm/`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(request.url!);
    const [, name = "", rest] = /^\/npm\/(@node-llama-cpp(?:%2f|\/)[\w-]+)\/(.+)$/.exec(request.url!) ?? [];
    const fullName = name.replace("%2f", "/");
    const bytes = this.archive ?? archive(packed(fullName));
    if (rest?.endsWith(".tgz")) this.onArchive(request, response, bytes);
    else if (this.onManifest) this.onManifest(request, response, bytes);
    else if (rest === VERSION) this.tell(fullName, bytes, response);
    else response.writeHead(404).end("{}");
  }

  private tell(name: string, bytes: Buffer, response: ServerResponse): void {
    const dist = {
      // Like mirrors, which keep the address of the original.
      tarball: `https://registry.npmjs.org/${name}/-/${name.split("/")[1]}-${VERSION}.tgz`,
      integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
      ...this.dist,
    };
    response.end(JSON.stringify({ name, version: VERSION, dist, ...this.manifest }));
  }
}
