#!/usr/bin/env node
/** nemotron-server: its commands, the language server where none is named. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BACKENDS_USAGE, backends } from "./cli/backends.ts";
import { DOWNLOAD_USAGE, download } from "./cli/download.ts";
import { LSP_USAGE, lsp } from "./cli/lsp.ts";
import { MODELS_USAGE, models } from "./cli/models.ts";
import { SERVE_USAGE, serve } from "./cli/serve.ts";

type Command = { usage: string; run: (args: string[], folder: string) => void | Promise<void> };

/** By its name, the first argument. */
const COMMANDS: Record<string, Command> = {
  models: { usage: MODELS_USAGE, run: models },
  download: { usage: DOWNLOAD_USAGE, run: download },
  serve: { usage: SERVE_USAGE, run: serve },
  backends: { usage: BACKENDS_USAGE, run: backends },
};
const SERVER: Command = { usage: LSP_USAGE, run: lsp };

async function main([name = "", ...rest]: string[]): Promise<void> {
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const command = known ?? SERVER;
  const usages = known ? [known.usage] : [SERVER.usage, ...Object.values(COMMANDS).map(({ usage }) => usage)];
  const usage = `usage: ${usages.join("\n\n       ")}`;
  if ([name, ...rest].includes("--help")) {
    console.log(usage);
    return;
  }
  try {
    await command.run(known ? rest : process.argv.slice(2), path.dirname(fileURLToPath(import.meta.url)));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

await main(process.argv.slice(2));
