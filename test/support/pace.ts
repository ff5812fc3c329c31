/**
 * Controls the pace of an engine from a test: holds its steps, releases them one by one, and waits for what it has
 * received and done. For clients that were started with `WITH_PACE`.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { Priority } from "../../server/engine/engine.ts";
import { PRIORITY_ORDER } from "../../server/engine/process/fairQueue.ts";
import type { ReplyProgress } from "../../server/protocol.ts";
import { type Client, idle, rejection } from "./client.ts";
import { addressOf, type Order, type Received } from "./engineHook.ts";
import { findProcess, hasMapped, placeOf } from "./processes.ts";

/** The environment of a server whose engine can be held. */
export const WITH_PACE = {
  NODE_OPTIONS: `--import=${pathToFileURL(path.resolve("dist/test/support/engineHook.mjs"))}`,
};

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

export class Pace {
  private readonly socket: Socket;
  private readonly pending = new Map<number, () => void>();
  private lastId = 0;
  private isOver = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    createInterface(socket)
      .on("line", (id) => this.answered(Number(id)))
      // It passes on the socket's errors.
      .on("error", () => {});
    // An engine that has ended answers no order, so nobody must wait for it.
    socket.once("close", () => {
      this.isOver = true;
      for (const id of this.pending.keys()) this.answered(id);
    });
  }

  /** Connects to the engine process with this id. */
  static async of(pid: number): Promise<Pace> {
    const socket = connect(addressOf(placeOf(pid)!, pid)).unref();
    await once(socket, "connect");
    socket.on("error", () => {});
    return new Pace(socket);
  }

  /** From now on no step of these priorities begins; without arguments, no step at all. */
  hold(...priorities: Priority[]): Promise<void> {
    const ranks =
      priorities.length > 0 ? priorities.map((priority) => PRIORITY_ORDER[priority]) : Object.values(PRIORITY_ORDER);
    return this.order({ type: "hold", ranks });
  }

  /** Resolves when a step is held. */
  waiting(): Promise<void> {
    return this.order({ type: "waiting" });
  }

  /** Lets the held step run. */
  runStep(): Promise<void> {
    return this.order({ type: "runStep" });
  }

  /** Lets steps run, and resolves when the next one is held. */
  async step(count = 1): Promise<void> {
    await this.waiting();
    for (let i = 0; i < count; i++) {
      await this.runStep();
      await this.waiting();
    }
  }

  /** Lets steps run one by one until the promise settles. */
  async stepUntil<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const over = promise.finally(() => {
      isSettled = true;
    });
    for (;;) {
      await Promise.race([over, this.waiting()]);
      if (isSettled || this.isOver) return over;
      await this.runStep();
    }
  }

  /** Resolves when the engine has received this many of these messages since `hold`. */
  received(message: Received, count = 1): Promise<void> {
    return this.order({ type: "received", message, count });
  }

  /** Lets everything run. */
  release(): Promise<void> {
    return this.order({ type: "release" });
  }

  /** Lets everything run, for good. */
  async end(): Promise<void> {
    await this.release();
    this.close();
  }

  /** While steps are held: does something that sends this message, and resolves when the engine has received it. */
  async untilReceived(message: Received, act: () => PromiseLike<unknown>): Promise<void> {
    await this.hold();
    await act();
    await this.received(message);
  }

  /** Resolves when there is no idle work, such as settling or reading ahead. */
  quiet(): Promise<void> {
    return this.order({ type: "quiet" });
  }

  close(): void {
    this.socket.destroy();
  }

  private answered(id: number): void {
    this.pending.get(id)?.();
    this.pending.delete(id);
  }

  private order(order: WithoutId<Order>): Promise<void> {
    if (this.isOver) return Promise.resolve();
    const id = ++this.lastId;
    return new Promise((resolve) => {
      this.pending.set(id, resolve);
      this.socket.write(`${JSON.stringify({ ...order, id })}\n`);
    });
  }
}

/**
 * Holds the engine's steps, or those of some priorities, during work that must happen in the middle of the engine's.
 */
export async function held<T>(
  { pid, of = [] }: { pid: number; of?: Priority[] },
  work: (pace: Pace) => Promise<T>,
): Promise<T> {
  const pace = await hold(pid, of);
  try {
    return await work(pace);
  } finally {
    await pace.end();
  }
}

async function hold(pid: number, of: readonly Priority[] = []): Promise<Pace> {
  const pace = await Pace.of(pid);
  // The engine may still be settling an earlier reply.
  await pace.quiet();
  await pace.hold(...of);
  return pace;
}

/** Holds the engine of the workbench that `root` belongs to, once it has a model. The caller has to call `end()`. */
export async function holdEngine(root: number): Promise<Pace> {
  for (;;) {
    const pid = findProcess(root, "engine");
    if (pid !== undefined && hasMapped(pid, ".gguf")) return hold(pid);
    await idle(50);
  }
}

/**
 * Sends a request, and cancels it at the first event of one of these types. Returns the error, and the events until
 * then. Rejects if the request ends before.
 */
export const cancelledAt = (client: Client, method: string, params: object, ...types: ReplyProgress["type"][]) =>
  held({ pid: client.enginePid()! }, async (pace) => {
    const { cancel, events, result } = client.stream(method, params);
    const tooEarly = result.then(() => assert.fail(`It ended before ${types}.`));
    tooEarly.catch(() => {});
    while (!events.some(({ type }) => types.includes(type))) {
      await Promise.race([tooEarly, pace.step()]);
      // The step's events arrive before the next one begins.
      await client.reached();
    }
    cancel();
    await pace.received("cancel");
    await pace.release();
    return { ...(await rejection(result)), events };
  });
