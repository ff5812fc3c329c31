/** A hub on this machine, over real HTTP: lists and serves files as Hugging Face does, and misbehaves on demand. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Exchange = { request: IncomingMessage; response: ServerResponse; hub: LocalHub };
/** What happens to one request for the file, in the place of serving it as it should be. */
export type Behaviour = (exchange: Exchange) => void;

export class LocalHub {
  private readonly server: Server;
  /** The file, whatever its name. */
  bytes: Buffer;
  /** A token that everybody has to show. */
  accessToken: string | undefined;
  /** For the next requests of the file, one after the other. */
  readonly faults: Behaviour[] = [];
  /** For the next requests of the listing. */
  readonly listingFaults: Behaviour[] = [];
  /** Requests of the file so far. */
  readonly requests: { range?: string; ifRange?: string; authorization?: string }[] = [];
  /** Bytes a second at most. */
  speed = Number.POSITIVE_INFINITY;

  private constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.server = createServer((request, response) => this.answer({ request, response, hub: this }));
  }

  static async start(bytes: Buffer): Promise<LocalHub> {
    const hub = new LocalHub(bytes);
    await new Promise<void>((resolve) => hub.server.listen(0, "127.0.0.1", resolve));
    return hub;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get sha256(): string {
    return createHash("sha256").update(this.bytes).digest("hex");
  }

  get etag(): string {
    return `"${this.sha256}"`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The file from where it is asked for on, at the hub's speed; `until`: the connection breaks behind so many bytes. */
  send({ request, response }: Exchange, until = Number.POSITIVE_INFINITY): void {
    const { bytes, etag } = this;
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
    const start = from !== undefined && (request.headers["if-range"] ?? etag) === etag ? Number(from) : 0;
    if (start > 0 && start >= bytes.length) {
      response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      return;
    }
    const length = bytes.length - start;
    const range = start > 0 ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(start > 0 ? 206 : 200, { etag, "content-length": length, "accept-ranges": "bytes", ...range });
    this.trickle(response, bytes.subarray(start), until);
  }

  /** 50 times a second. */
  private trickle(response: ServerResponse, bytes: Buffer, until: number): void {
    const share = Math.max(1, Math.min(this.speed / 50, 65536));
    if (until <= 0) response.destroy();
    else if (bytes.length === 0) response.end();
    else {
      const chunk = bytes.subarray(0, Math.min(share, until));
      response.write(chunk, () => {
        const go = () => this.trickle(response, bytes.subarray(chunk.length), until - chunk.length);
        if (Number.isFinite(this.speed)) setTimeout(go, 20);
        else setImmediate(go);
      });
    }
  }

  private answer(exchange: Exchange): void {
    const { request, response } = exchange;
    const listing = /^\/api\/models\/[^/]+\/[^/]+\/tree\/\w+$/.test(request.url ?? "");
    const { range, "if-range": ifRange, authorization } = request.headers;
    if (!listing) this.requests.push({ range, ifRange: ifRange as string | undefined, authorization });
    const fault = (listing ? this.listingFaults : this.faults).shift();
    if (fault) fault(exchange);
    else if (this.accessToken && authorization !== `Bearer ${this.accessToken}`) response.writeHead(401).end();
    else if (listing) this.list(response);
    else this.send(exchange);
  }

  /** It has any file that it is asked for, but does not know which: so it lists the names it was told. */
  files: string[] = [];
  private list(response: ServerResponse): void {
    const entry = (path: string) => ({
      type: "file",
      oid: "0".repeat(40),
      size: this.bytes.length,
      path,
      lfs: { oid: this.sha256, size: this.bytes.length, pointerSize: 135 },
    });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify([{ type: "file", oid: "1", size: 12, path: "README.md" }, ...this.files.map(entry)]));
  }
}

/** The connection breaks behind so many bytes of this answer. */
export const dropAfter =
  (bytes: number): Behaviour =>
  (exchange) =>
    exchange.hub.send(exchange, bytes);

/** Nothing more comes behind so many bytes, and the connection stays. */
export const stallAfter =
  (bytes: number): Behaviour =>
  ({ response, hub }) => {
    response.writeHead(200, { etag: hub.etag, "content-length": hub.bytes.length });
    response.write(hub.bytes.subarray(0, bytes));
  };

export const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  ({ response }) =>
    void response.writeHead(code, headers).end();

/** As networks do that want one to sign in first. */
export const webPage =
  (type = "text/html; charset=utf-8"): Behaviour =>
  ({ response }) =>
    void response.writeHead(200, { "content-type": type }).end("<!DOCTYPE html><title>Sign in</title>");

export const redirect =
  (to: string): Behaviour =>
  ({ response }) =>
    void response.writeHead(302, { location: to }).end();

/** Says that it has so many bytes, and sends what it has. */
export const lieAbout =
  (length: number): Behaviour =>
  ({ response, hub }) => {
    response.writeHead(200, { etag: hub.etag, "content-length": length });
    response.write(hub.bytes.subarray(0, length), () => response.destroy());
  };
