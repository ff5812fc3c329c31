/**
 * Loaded into the engine process first, with `node --import`. It lets a test hold the engine's steps (a chunk of a
 * prompt, a token, saving a state) and wait for what the engine has received and done. pace.ts is the other end.
 */
import { subscribe } from "node:diagnostics_channel";
import { createServer, type Socket } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { takeCoverage } from "node:v8";
import { IDLE_WORK, type ObservedIdleWork, type ObservedStep, STEP } from "../../server/engine/process/observed.ts";
import type { ToEngine } from "../../server/engine/wire.ts";

/** The type of a message to the engine process. */
export type Received = ToEngine["type"];

/** What a test asks of the hook. Each order is answered with its id. */
export type Order = { id: number } & (
  | { type: "hold"; ranks: number[] }
  /** Lets the step that has been held longest run. */
  | { type: "runStep" | "release" }
  /** Answered when it is true. `received`: this many messages since `hold`. */
  | { type: "waiting" | "quiet" }
  | { type: "received"; message: Received; count: number }
);

/** @param place the runtime folder, which the test removes. */
export const addressOf = (place: string, pid: number) => path.join(place, `pace-${pid}`);

if (process.argv[1]?.endsWith("/engine.mjs")) listen();

function listen(): void {
  let held: number[] = [];
  let idleSlots = 0;
  let received: Received[] = [];
  const waiting: (() => void)[] = [];
  /** Orders that are answered when a condition is true. */
  let pending: { holds: () => boolean; done: () => void }[] = [];
  const look = () => {
    const due = pending.filter(({ holds }) => holds());
    pending = pending.filter((one) => !due.includes(one));
    for (const { done } of due) done();
  };

  subscribe(STEP, (message) => {
    const step = message as ObservedStep;
    if (!held.includes(step.rank)) return;
    step.held = new Promise((go) => waiting.push(go));
    look();
  });
  subscribe(IDLE_WORK, (message) => {
    idleSlots = (message as ObservedIdleWork).slots;
    look();
  });
  const watch = () =>
    process.on("message", ({ type }: ToEngine) => {
      received.push(type);
      // The process is about to be killed.
      if (type === "save" && process.env.NODE_V8_COVERAGE) takeCoverage();
      look();
    });
  // After the engine's own listener: Node keeps messages until there is one, and the first must not be lost.
  const onListener = (name: string | symbol) => {
    if (name !== "message") return;
    process.off("newListener", onListener);
    process.nextTick(watch);
  };
  process.on("newListener", onListener);

  const when = (holds: () => boolean, done: () => void) => {
    pending.push({ holds, done });
    look();
  };
  const obey = (order: Order, done: () => void) => {
    switch (order.type) {
      case "hold":
        held = order.ranks;
        received = [];
        return done();
      case "runStep":
        waiting.shift()?.();
        return done();
      case "release":
        held = [];
        for (const go of waiting.splice(0)) go();
        return done();
      case "waiting":
        return when(() => waiting.length > 0, done);
      case "quiet":
        return when(() => idleSlots === 0, done);
      case "received":
        return when(() => received.filter((type) => type === order.message).length >= order.count, done);
    }
  };
  const serve = (socket: Socket) => {
    socket.on("error", () => {});
    createInterface(socket)
      .on("line", (line) => {
        const order: Order = JSON.parse(line);
        obey(order, () => socket.write(`${order.id}\n`));
      })
      .on("error", () => {});
  };
  const { NEMOTRON_RUNTIME_DIR: place } = process.env;
  if (place) createServer(serve).listen(addressOf(place, process.pid)).unref();
}
