/** The commands of nemotron-server, their help, and shell completions. */
import addCompletion from "@bomb.sh/tab/commander";
import { Command, CommanderError } from "commander";
import { productVersion } from "../sharing/productVersion.ts";
import { agentCommand } from "./agent.ts";
import { backendsCommand } from "./backends.ts";
import { bashCompletion } from "./bashCompletion.ts";
import { downloadCommand } from "./download.ts";
import { explainError } from "./explainError.ts";
import { lspCommand } from "./lsp.ts";
import { modelsCommand } from "./models.ts";
import { FILE, FOLDER, UsageError } from "./options.ts";
import { serveCommand } from "./serve.ts";
import { watchOutput } from "./terminal.ts";

const NAME = "nemotron-server";
/** Exit statuses. */
const FAILED = 1;
const MISUSED = 2;
/** Commands that do more than write output, so they continue when nobody reads it. */
const LASTING = ["agent", "serve", "download", "lsp"];

/**
 * Runs the command in the arguments, or the language server if they begin with an option. Errors of the command are
 * printed and set the exit status.
 * @param folder the folder of the product's bundles.
 */
export async function run(args: string[], folder: string): Promise<void> {
  const [first = ""] = args;
  const isOption = first.startsWith("-") && !/^(-h|--help|-V|--version)$/.test(first);
  const program = programOf(folder);
  const given = isOption ? ["lsp", ...args] : first === "help" ? helpOf(program, args[1]) : args;
  watchOutput(LASTING.includes(given[0] ?? ""));
  if (completesPath(program, given)) {
    // The shell completes files itself.
    console.log(":0");
    return;
  }
  if (given[0] === "completion" && given[1] === "bash" && given.length === 2) {
    console.log(bashCompletion(NAME));
    return;
  }
  try {
    await program.parseAsync(given, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : MISUSED;
    else if (error instanceof UsageError) {
      console.error(`${error.message} ${hint(given[0])}`);
      process.exitCode = MISUSED;
    } else {
      console.error(explainError(error));
      process.exitCode = FAILED;
    }
  }
}

function programOf(folder: string): Command {
  const program = new Command(NAME)
    .description(
      "NVIDIA's Nemotron models on this machine: a language server, an OpenAI-compatible endpoint, an agent, downloads",
    )
    .version(productVersion(folder))
    .addCommand(lspCommand(folder))
    .addCommand(serveCommand(folder))
    .addCommand(agentCommand(folder))
    .addCommand(modelsCommand(folder))
    .addCommand(downloadCommand(folder))
    .addCommand(backendsCommand());
  addCompletion(program, { completionCommandName: "completion" });
  const completion = program.commands.find((command) => command.name() === "completion");
  completion?.description("print a completion script for bash, zsh, fish or powershell");
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .configureHelp({ ...command.configureHelp(), styleTitle: (title) => title.toLowerCase() })
      .configureOutput({
        // One line for the error, the suggestion and the usage, so that all are seen.
        outputError: (text, write) => write(`${text.trimEnd().replace("\n(Did", " (Did")} ${hint(command.name())}\n`),
      });
  return program;
}

/** The arguments for `help`. An unknown command is run without `help`, so that the error names it. */
function helpOf(program: Command, requested = "help"): string[] {
  if (requested === "help") return ["help"];
  return requested.startsWith("-") || program.commands.some((known) => known.name() === requested)
    ? ["help", requested]
    : [requested];
}

const hint = (command = "") => `(usage: nemotron-server help${command === NAME ? "" : ` ${command}`})`;

/** Whether a shell asks to complete the value of a path option: `complete -- serve --model ""`, or `--model=`. */
function completesPath(program: Command, [name, dashes, ...words]: string[]): boolean {
  if (name !== "complete" || dashes !== "--") return false;
  const command = program.commands.find((known) => known.name() === words[0]) ?? program;
  const [last = ""] = words.slice(-1);
  const optionName = last.includes("=") ? last.slice(0, last.indexOf("=")) : words.at(-2);
  const option = command.options.find(({ long }) => long === optionName);
  return option !== undefined && [FILE, FOLDER].some((value) => option.flags.endsWith(value));
}
