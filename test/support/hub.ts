/** A hub on this machine, over real HTTP. It lists and serves files like Hugging Face, and misbehaves on demand. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Exchange = { request: IncomingMessage; response: ServerResponse; hub: LocalHub };
/** Replaces the normal answer to one request for the file. */
export type Behaviour = (exchange: Exchange) => void;

export class LocalHub {
  private readonly server: Server;
  /** The file, under any name. */
  bytes: Buffer;
  /** A token that every client must send. */
  accessToken: string | undefined;
  /** Why access is refused; sent in Hugging Face's header `x-error-message`. */
  refusal = "";
  /** Used for the next requests of the file, in order. */
  readonly faults: Behaviour[] = [];
  /** Used for the next requests of the listing, in order. */
  readonly listingFaults: Behaviour[] = [];
  /** Requests of the file so far. */
  readonly requests: { range?: string; ifRange?: string; authorization?: string }[] = [];
  /** Maximum speed, bytes a second. */
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

  /**
   * Sends the file from the requested offset, at the hub's speed. `until`: the connection breaks after this many bytes.
   */
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
    else if (this.accessToken && authorization !== `Bearer ${this.accessToken}`)
      response.writeHead(401, { "x-error-message": this.refusal }).end();
    else if (listing) this.list(response);
    else this.send(exchange);
  }

  /** The names in its listing: it serves the file under any name, but cannot know which. */
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

/** The connection breaks after this many bytes of this answer. */
export const dropAfter =
  (bytes: number): Behaviour =>
  (exchange) =>
    exchange.hub.send(exchange, bytes);

/** Nothing more comes after this many bytes, and the connection stays open. */
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

/** Like networks that require a sign-in first. */
export const webPage =
  (type = "text/html; charset=utf-8"): Behaviour =>
  ({ response }) =>
    void response.writeHead(200, { "content-type": type }).end("<!DOCTYPE html><title>Sign in</title>");

export const redirect =
  (to: string): Behaviour =>
  ({ response }) =>
    void response.writeHead(302, { location: to }).end();

/** Announces this many bytes, and sends what it has. */
export const lieAbout =
  (length: number): Behaviour =>
  ({ response, hub }) => {
    response.writeHead(200, { etag: hub.etag, "content-length": length });
    response.write(hub.bytes.subarray(0, length), () => response.destroy());
  };
