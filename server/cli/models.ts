/** `nemotron-server models`: what can be run here, before anything is downloaded. */
import { parseArgs } from "node:util";
import { modelsHere } from "./modelsHere.ts";
import { modelsTable } from "./modelsTable.ts";
import { loadOptions } from "./options.ts";

export const MODELS_USAGE = `nemotron-server models [options]     which models fit this machine
  --json           the same as JSON, sizes in bytes
  --folder DIR     where models are kept, if not in the usual place
  --context N      tokens of context that are wanted (32768)
  --gpu KIND       auto (default), off, cuda, vulkan or metal`;

/** @param folder of the bundles. Throws UsageError, and what the file system says of a folder that cannot be read. */
export async function models(args: string[], folder: string): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean" },
      folder: { type: "string" },
      context: { type: "string" },
      gpu: { type: "string" },
    },
  });
  const { contextTokens, gpu } = loadOptions(values);
  const result = await modelsHere({ contextTokens, gpu }, folder, values.folder);
  const text = values.json
    ? JSON.stringify(result, undefined, 2)
    : modelsTable(result, Boolean(process.stdout.isTTY) && !process.env.NO_COLOR);
  process.stdout.write(`${text}\n`);
}
