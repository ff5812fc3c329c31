/** What cases run on: the agent's engine in this process, and a language server, with one model for both. */
import { rmSync } from "node:fs";
import path from "node:path";
import { Backends } from "../../server/backends/backends.ts";
import type { Engine } from "../../server/engine/engine.ts";
import type { LoadParams, ModelInfo } from "../../server/protocol.ts";
import { RemoteEngine } from "../../server/remote/remoteEngine.ts";
import { SharedEngine } from "../../server/sharing/client/sharedEngine.ts";
import { Client, hostGone, newRuntime } from "../support/client.ts";
import type { Case } from "./cases.ts";

export type World = {
  engine: Engine;
  /** The language server; a new one if the last has ended. */
  client: () => Promise<Client>;
  /** Called before each run. */
  begin?: (one: Case) => void;
  close: () => Promise<void>;
};

/** Keeps one client running. */
export function keptClient(start: () => Promise<Client>) {
  let current: Promise<Client> | undefined;
  const isUp = ({ process }: Client) => process.exitCode === null && process.signalCode === null;
  return {
    client: async (): Promise<Client> => {
      const known = await current?.catch(() => undefined);
      if (known && isUp(known)) return known;
      current = start();
      return current;
    },
    stop: async () => (await current?.catch(() => undefined))?.stop(),
  };
}

/** Loads the model. Throws EngineError if that fails. */
export async function modelWorld(load: LoadParams): Promise<World & { model: ModelInfo }> {
  // A folder of its own: other programs of the user keep their model, and are not asked.
  const runtime = newRuntime();
  process.env.NEMOTRON_RUNTIME_DIR = runtime;
  process.env.NEMOTRON_STATES_DIR = path.join(runtime, "states");
  const kept = keptClient(async () => {
    const client = await Client.start({ args: argumentsOf(load), runtime });
    await client.until(({ type }) => type === "ready" || type === "failed");
    return client;
  });
  const engine = load.remote ? new RemoteEngine() : sharedEngine();
  const close = async () => {
    await engine.dispose();
    await kept.stop();
    await hostGone(runtime);
    rmSync(runtime, { recursive: true, force: true });
  };
  try {
    const model = await engine.load(load);
    return { engine, client: kept.client, close, model };
  } catch (error) {
    await close();
    throw error;
  }
}

function sharedEngine(): Engine {
  const engine = new SharedEngine({
    bundles: path.resolve("dist"),
    kind: "terminal",
    log: () => {},
    backendsFolder: () => new Backends().folder,
    policy: { keepAliveMinutes: 0 },
  });
  engine.introduce({ owner: "evaluation" });
  return engine;
}

/** The options of the language server that load the same. */
function argumentsOf({ model, remote, contextTokens, gpu }: LoadParams): string[] {
  const options = {
    "--model": model,
    "--gpu": gpu,
    "--context": contextTokens,
    "--remote": remote?.baseUrl,
    "--remote-model": remote?.model,
  };
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name, `${value}`]));
}
