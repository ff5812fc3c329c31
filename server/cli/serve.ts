/** `nemotron-server serve`: the model for every program that speaks to OpenAI's API. */
import path from "node:path";
import { parseArgs } from "node:util";
import { Backends } from "../backends/backends.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { defaultModelsFolder } from "../models/folder.ts";
import type { LocalLoad, Status } from "../protocol.ts";
import { SharedEngine } from "../sharing/sharedEngine.ts";
import { explained } from "./explained.ts";
import { installedModel } from "./modelsHere.ts";
import {
  count,
  KEEP_ALIVE_OPTION,
  KEEP_ALIVE_USAGE,
  keepAlive,
  loadOptions,
  MODEL_OPTIONS,
  MODEL_USAGE,
  UsageError,
} from "./options.ts";

const PORT = 8000;
const MAX_PORT = 65_535;
/** What a shell says of a program that has been interrupted would be 130; ending is what was asked for. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

export const SERVE_USAGE = `nemotron-server serve [options]
  --port N         port of the OpenAI-compatible endpoint (${PORT})
  --host H         address to listen at; this machine alone when left out, anything else needs a key
  --api-key KEY    key that clients must send; better in the environment, as NEMOTRON_API_KEY
${MODEL_USAGE}
${KEEP_ALIVE_USAGE} (0)`;

type Options = {
  load: Omit<LocalLoad, "model"> & { model?: string };
  keepAliveMinutes: number;
  port: number;
  host?: string;
  apiKey?: string;
};

/** @param folder of the bundles. Throws UsageError. */
export async function serve(args: string[], folder: string): Promise<void> {
  const { load, keepAliveMinutes, ...where } = optionsOf(args);
  const model = load.model ?? (await installedModel(load, folder));
  if (model === undefined)
    throw new UsageError(
      `No model is given, and none that fits is in ${defaultModelsFolder()}. Name a GGUF file with --model, or put one there: "nemotron-server download" does. "nemotron-server models" lists them.`,
    );
  const engine = new SharedEngine({
    bundles: folder,
    kind: "terminal",
    log: () => {},
    backendsFolder: () => new Backends().folder,
    policy: { keepAliveMinutes },
  });
  engine.introduce({ owner: "terminal" });
  let endpoint: Endpoint | undefined;
  let ending = false;
  const end = async (status: number) => {
    ending = true;
    for (const signal of SIGNALS) process.off(signal, stop);
    await endpoint?.close();
    await engine.dispose();
    process.exit(status);
  };
  const stop = () => void end(0);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    // Loaded by this command alone.
    const { startEndpoint } = await import("../http/endpoint.ts");
    endpoint = await startEndpoint({ engine, ...where });
    console.log(greeting(endpoint.url, where.apiKey !== undefined));
    engine.onStatus(progress());
    await engine.load({ ...load, model });
  } catch (error) {
    // What is being loaded fails when it is ended.
    if (ending) return;
    console.error(explained(error));
    await end(1);
  }
}

function optionsOf(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string" },
      host: { type: "string" },
      "api-key": { type: "string" },
      ...MODEL_OPTIONS,
      ...KEEP_ALIVE_OPTION,
    },
  });
  const model = values.model === undefined ? undefined : path.resolve(values.model);
  const port = count("port", values.port) ?? PORT;
  if (port > MAX_PORT) throw new UsageError(`--port must be at most ${MAX_PORT}.`);
  const load = { ...loadOptions(values), model };
  const apiKey = values["api-key"] ?? (process.env.NEMOTRON_API_KEY || undefined);
  // Whoever ends a command wants it ended.
  return { load, keepAliveMinutes: keepAlive(values) ?? 0, port, host: values.host, apiKey };
}

function greeting(url: string, hasKey: boolean): string {
  const key = hasKey ? ' -H "Authorization: Bearer $NEMOTRON_API_KEY"' : "";
  const body = '{"messages": [{"role": "user", "content": "Hello"}]}';
  return `Serving ${url} (Ctrl+C ends it). Try:
  curl ${url}/chat/completions${key} -H "Content-Type: application/json" -d '${body}'`;
}

/** On stderr: what is loaded, how far, and what becomes of it. Lines that say the same are said once. */
function progress(): (status: Status) => void {
  let last = "";
  return (status) => {
    const line = lineOf(status);
    if (line !== undefined && line !== last) console.error(line);
    last = line ?? last;
  };
}

function lineOf(status: Status): string | undefined {
  switch (status.type) {
    case "loading":
      // Tenths: a log is no place for a hundred lines.
      return `Loading ${path.basename(status.path)}: ${Math.floor(status.progress * 10) * 10} %`;
    case "ready": {
      const { name, backend, contextTokens, toy, notes } = status.model;
      const what = toy ? `${name}, the toy model of the tests, which knows nothing,` : name;
      return [`${what} is ready on ${backend}, with ${contextTokens} tokens of context.`, ...notes].join(" ");
    }
    case "failed":
      return status.retryInMs === undefined ? undefined : `${status.reason} ${status.next}`;
    default:
      return undefined;
  }
}
