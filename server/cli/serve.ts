/** `nemotron-server serve`: offers the model to every program that uses OpenAI's API. */
import os from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { Backends } from "../backends/backends.ts";
import { EngineError } from "../engine/engine.ts";
import { numberText } from "../engine/language.ts";
import type { ApiServer } from "../http/apiServer.ts";
import type { ModelInfo, Status } from "../protocol.ts";
import { SharedEngine } from "../sharing/client/sharedEngine.ts";
import { explainError } from "./explainError.ts";
import { modelToLoad } from "./modelsHere.ts";
import {
  addModelOptions,
  count,
  type KeepAliveValues,
  keepAliveOption,
  type ModelValues,
  notEmpty,
} from "./options.ts";

const PORT = 8000;
const MAX_PORT = 65_535;
/** llama.cpp rounds contexts up to a multiple of this, tokens. */
const CONTEXT_STEP = 256;
/** A signal is the normal way to end this command, so the exit status is 0 and not the shell's 130. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

type Values = ModelValues & KeepAliveValues & { port: number; host?: string; apiKey?: string; strictModel?: boolean };

/** @param folder the folder of the product's bundles. */
export function serveCommand(folder: string): Command {
  const command = new Command("serve")
    .description("serve the model to programs that speak OpenAI's API")
    .option("--port <n>", "port of the endpoint; 0 for any that is free", port, PORT)
    .option("--host <address>", "address to listen on; requires a key (default: this machine only)", notEmpty)
    .option(
      "--api-key <key>",
      "key that clients must send; better set as NEMOTRON_API_KEY in the environment",
      notEmpty,
    )
    .option("--strict-model", "answer 404 to names of models that are not loaded (default: answer to any name)");
  return addModelOptions(command)
    .addOption(keepAliveOption().default(0))
    .action((values: Values) => serve(values, folder));
}

/** Throws InvalidArgumentError. */
function port(value: string): number {
  const given = count(value);
  if (given > MAX_PORT) throw new InvalidArgumentError(`It must be at most ${MAX_PORT}.`);
  return given;
}

/** Throws UsageError. */
async function serve(values: Values, folder: string): Promise<void> {
  const apiKey = values.apiKey ?? (process.env.NEMOTRON_API_KEY || undefined);
  const options = { port: values.port, host: values.host, apiKey, strictModel: values.strictModel };
  const load = await modelToLoad(values, folder);
  const { model } = load;
  const engine = new SharedEngine({
    bundles: folder,
    kind: "terminal",
    log: () => {},
    backendsFolder: () => new Backends().folder,
    policy: { keepAliveMinutes: values.keepAlive },
  });
  engine.introduce({ owner: "terminal" });
  let endpoint: ApiServer | undefined;
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
    // Imported here, because no other command needs it.
    const { startApiServer } = await import("../http/apiServer.ts");
    endpoint = await startApiServer({ engine, ...options });
    const { url } = endpoint;
    let isGreeted = false;
    const greet = () => {
      if (!isGreeted) console.log(greeting(url, options.apiKey !== undefined));
      isGreeted = true;
    };
    // Until the engine begins to load this model, its status can be about the model that others use.
    let isLoaded = false;
    const report = progress();
    engine.onStatus((status) => {
      const isBegun = status.type === "loading" && status.path === model;
      if (isBegun && status.progress > 0) greet();
      if (isLoaded || isBegun || status.type === "failed") report(status);
    });
    const info = await engine.load(load);
    isLoaded = true;
    greet();
    report({ type: "ready", model: info });
    const other = otherContext(load.contextTokens, info);
    if (other !== undefined) console.error(other);
  } catch (error) {
    // The load fails if the program is ending.
    if (ending) return;
    console.error(otherModel(error, model) ?? explainError(error));
    await end(1);
  }
}

/** A message if other programs have loaded the model with another context. A reduced context is in the notes. */
function otherContext(asked: number | undefined, { contextTokens, notes }: ModelInfo): string | undefined {
  if (asked === undefined || notes.some((note) => note.includes(numberText(asked)))) return undefined;
  if (asked <= contextTokens && contextTokens < asked + CONTEXT_STEP) return undefined;
  return `--context ${asked} does not count: other windows or programs use this model with ${numberText(contextTokens)} tokens of context.`;
}

/** The message for otherModel, with two ways to continue; undefined for any other error. */
function otherModel(error: unknown, wanted: string): string | undefined {
  if (!(error instanceof EngineError) || error.code !== "otherModel") return undefined;
  const { loaded, path: file } = error.data;
  const here = `${wanted} is not served: ${loaded} is loaded and used by other windows or programs.`;
  const join = typeof file === "string" ? `To serve that one:\n  nemotron-server serve --model ${quoted(file)}\n` : "";
  return `${here}
${join}To run both, which takes memory for both, give this one its own engine, in a folder that no other program uses:
  NEMOTRON_RUNTIME_DIR=${quoted(path.join(os.homedir(), ".nemotron-second"))} nemotron-server serve --model ${quoted(wanted)}`;
}

const quoted = (text: string) => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

function greeting(url: string, hasKey: boolean): string {
  const key = hasKey ? ' -H "Authorization: Bearer $NEMOTRON_API_KEY"' : "";
  const body = '{"messages": [{"role": "user", "content": "Hello"}]}';
  return `Serving ${url} (Ctrl+C stops it). Try:
  curl ${url}/chat/completions${key} -H "Content-Type: application/json" -d '${body}'`;
}

/** Reports the status on stderr. A line that equals the last one is not written. */
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
      // Steps of ten percent, because a log should not have a hundred lines.
      return `Loading ${path.basename(status.path)}: ${Math.floor(status.progress * 10) * 10} %`;
    case "ready": {
      const { name, backend, contextTokens, toy, notes } = status.model;
      const what = toy ? `${name}, the toy model of the tests, whose answers mean nothing,` : name;
      return [`${what} is ready on ${backend} with ${numberText(contextTokens)} tokens of context.`, ...notes].join(
        " ",
      );
    }
    case "failed":
      return status.retryInMs === undefined ? undefined : `${status.reason} ${status.next}`;
    default:
      return undefined;
  }
}
