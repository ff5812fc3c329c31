/** Registries of npm: the one that this machine uses, and one on the loopback that can be made to fail. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { libraryVersion } from "../../server/engine/storedPackages.ts";

/** What npm is told to use here: its address, and whom to trust. */
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

export type Entry = {
  path: string;
  type?: "File" | "Directory" | "SymbolicLink" | "Link";
  linkpath?: string;
  text?: string;
};

/** A package as npm packs it, but that nothing of it runs. */
export const PACKAGE: Entry[] = [
  { path: "package/package.json", text: JSON.stringify({ name: NAME, version: VERSION }) },
  { path: "package/dist/index.js", text: "export const getBinsDir = () => ({});" },
  { path: "package/bins/linux-x64-vulkan/llama-addon.node", text: "x".repeat(200_000) },
];

export function archive(entries: Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", linkpath, text = "" }) => {
    const data = Buffer.from(text);
    const header = new Header({ path, type, linkpath, size: data.length, mode: 0o644, mtime: new Date(0) });
    header.encode();
    return [header.block!, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  // Not compressed, so that half of the archive is half of what is in it.
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 0 });
}

export type Handler = (request: IncomingMessage, response: ServerResponse, archive: Buffer) => void;

/** Answers for one package, as it should unless told otherwise. */
export class LoopbackRegistry {
  archive = archive(PACKAGE);
  /** Of the answer about the package. */
  manifest: Record<string, unknown> = {};
  dist: Record<string, unknown> = {};
  onManifest: Handler | undefined;
  onArchive: Handler = (_, response, archive) => response.end(archive);
  /** What was asked for: the paths. */
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
    const isManifest = request.url === `/npm/${NAME.replace("/", "%2f")}/${VERSION}`;
    if (request.url!.endsWith(".tgz")) this.onArchive(request, response, this.archive);
    else if (this.onManifest) this.onManifest(request, response, this.archive);
    else if (isManifest) this.tell(response);
    else response.writeHead(404).end("{}");
  }

  private tell(response: ServerResponse): void {
    const dist = {
      // As mirrors have it: they keep the address of the original.
      tarball: `https://registry.npmjs.org/${NAME}/-/linux-x64-vulkan-${VERSION}.tgz`,
      integrity: `sha512-${createHash("sha512").update(this.archive).digest("base64")}`,
      ...this.dist,
    };
    response.end(JSON.stringify({ name: NAME, version: VERSION, dist, ...this.manifest }));
  }
}
