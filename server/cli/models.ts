/** `nemotron-server models`: lists the models that can run here, before any download. */
import { Command } from "commander";
import { modelsHere } from "./modelsHere.ts";
import { modelsTable } from "./modelsTable.ts";
import { count, folderOption, gpuOption, type LoadValues } from "./options.ts";
import { isStyled } from "./terminal.ts";

type Values = Pick<LoadValues, "context" | "gpu"> & { json?: boolean; folder?: string };

/** @param folder the folder of the product's bundles. */
export function modelsCommand(folder: string): Command {
  return new Command("models")
    .description("list the models and how they fit on this machine; downloads nothing")
    .option("--json", "print JSON, with sizes in bytes")
    .addOption(folderOption("where models are kept (default: the usual folder)"))
    .option("--context <n>", "wanted context size in tokens (default: 32768)", count)
    .addOption(gpuOption())
    .action((values: Values) => models(values, folder));
}

/** Throws the file system's error for a folder that cannot be read. */
async function models({ context, gpu, folder, json }: Values, bundles: string): Promise<void> {
  const result = await modelsHere({ contextTokens: context, gpu }, bundles, folder);
  const text = json ? JSON.stringify(result, undefined, 2) : modelsTable(result, isStyled(process.stdout));
  process.stdout.write(`${text}\n`);
}
