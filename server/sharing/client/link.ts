/** A client's connection to the engine host. */
import { connect as connectTo, type Socket } from "node:net";
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  type RequestType,
  type RequestType0,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-languageserver/node";
import type { EngineRequests } from "../../engine/client/child.ts";
import type { Watchdog } from "../../engine/client/watchdog.ts";
import type { ReplyEvent } from "../../engine/engine.ts";
import type { EngineResult } from "../../engine/wire.ts";
import type { EnginePolicy, Status } from "../../protocol.ts";
import { clientLeftError, fromResponseError, hostLostError } from "../errors.ts";
import { watch } from "../watch.ts";
import * as wire from "../wire.ts";

/** Callbacks for the host's notifications (wire.ts). */
export type LinkListeners = {
  onStatus: (status: Status) => void;
  onDraining: () => void;
  /** The connection broke; not called after `end`. */
  onLost: () => void;
  log: (line: string) => void;
};

/** Requests and notifications to the engine host over one connection. */
export class Link implements EngineRequests<wire.ClientRequest> {
  private readonly connection: MessageConnection;
  private readonly listeners = new Map<number, (events: ReplyEvent[]) => void>();
  private lastId = 0;
  private isOver = false;
  private isEnding = false;
  private onLost = () => {};

  /** Runs while an answer is expected. A host answers its pings even while the engine works. */
  private watchdog: Watchdog | undefined;
  private pid: number | undefined;
  private waiting = 0;

  private constructor(socket: Socket) {
    this.connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
    // Listen from the start: the host can end before the greeting.
    this.connection.onClose(() => this.closed());
  }

  /**
   * Connects to a host. Rejects with the system's error if nothing listens there.
   * @param findPid finds the host's process id. It is called after connecting, because a starting host writes its id
   * just before it listens. A host that no longer answers is killed, so that another can replace it.
   */
  static async connect(address: string, findPid: () => Promise<number | undefined>): Promise<Link> {
    const socket = connectTo(address);
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    socket.on("error", () => {});
    const link = new Link(socket);
    link.pid = await findPid();
    return link;
  }

  /** Greets the host. The caller checks the answer, which can name another protocol version (Welcome.protocol). */
  async greet(greeting: wire.Hello, { onStatus, onDraining, onLost, log }: LinkListeners): Promise<wire.Welcome> {
    if (this.isOver) throw hostLostError();
    const { connection } = this;
    this.onLost = onLost;
    connection.onRequest(wire.ping, () => null);
    connection.onNotification(wire.status, onStatus);
    connection.onNotification(wire.draining, onDraining);
    connection.onNotification(wire.log, log);
    connection.onNotification(wire.events, ({ id, events }) => this.listeners.get(id)?.(events));
    // A message that JSON cannot express fails alone. The connection stays usable.
    connection.onError(([error]) => error instanceof RangeError || connection.end());
    connection.listen();
    return this.send(wire.hello, greeting);
  }

  /** Sends a request. Aborting asks the host to stop it, and the promise settles when it has stopped. */
  async request<T extends EngineResult>(
    request: wire.ClientRequest,
    options: { signal?: AbortSignal; onEvents?: (events: ReplyEvent[]) => void; onId?: (id: number) => void } = {},
  ): Promise<T> {
    const id = ++this.lastId;
    options.onId?.(id);
    if (options.onEvents) this.listeners.set(id, options.onEvents);
    try {
      return (await this.send(wire.call, { id, request }, options.signal)) as T;
    } finally {
      this.listeners.delete(id);
    }
  }

  /** Sends a message and waits for the answer. Throws EngineErrors of the host, or the signal's reason. */
  async send<P, R>(type: RequestType<P, R, void>, params: P, signal?: AbortSignal): Promise<R>;
  async send<R>(type: RequestType0<R, void>, params?: undefined, signal?: AbortSignal): Promise<R>;
  async send(type: { method: string }, params?: unknown, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.isOver) throw hostLostError();
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    if (this.waiting++ === 0) this.watchdog = watch(this.connection, { onSilent: () => kill(this.pid), pid: this.pid });
    try {
      const sent = params === undefined ? [] : [params];
      return await this.connection.sendRequest(type.method, ...sent, cancellation.token);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.isEnding ? clientLeftError() : fromResponseError(error);
    } finally {
      signal?.removeEventListener("abort", cancel);
      if (--this.waiting === 0) this.unwatch();
    }
  }

  setPolicy(policy: EnginePolicy): void {
    if (!this.isOver) void this.connection.sendNotification(wire.policy, policy);
  }

  /** Ends the connection. The host treats running requests as after any lost connection. */
  end(): void {
    this.isEnding = true;
    if (!this.isOver) this.connection.end();
  }

  private closed(): void {
    this.unwatch();
    this.isOver = true;
    this.connection.dispose();
    if (!this.isEnding) this.onLost();
  }

  private unwatch(): void {
    this.watchdog?.stop();
    this.watchdog = undefined;
  }
}

function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  } catch {
    // The process has ended by itself.
  }
}
