/** Reads the commands of scripts, Dockerfiles, makefiles and data files, as lists of options and arguments. */
import { isData } from "../text/lines.ts";

/** `scope`: the command, or the stage and the instruction. `names`: its options and arguments, or what it sets. */
export type Command = { scope: string; names: string[] };

const TOKEN = /(?:"(?:[^"\\]|\\.)*"|'[^']*'|\$\([^()]*\)|\$\{[^{}]*\}|[^\s"'])+/g;
/** Separators between the commands of a line. */
const BETWEEN = /\s*(?:&&|\|\||;|(?<!>)\|)\s*/;
const PREFIX = /^(?:(?:if|then|else|elif|while|until|do|!|\{|\(|sudo|exec|time|nohup)\s+|[@+-]+(?=\w)|\w+=\S*\s+)+/;
const INSTRUCTION = /^\s*(RUN|ENV|LABEL|ARG|EXPOSE|COPY|ADD|VOLUME)\s+(.*)$/i;
const STAGE = /^\s*FROM\s+(?:--\S+\s+)*\S+(?:\s+AS\s+(\S+))?/i;

/** A value of a data file, without its key and its quotes. It is a command if it has an option. */
const VALUE = /^\s*(?:-\s+)?(?:["']?[\w.:-]+["']?\s*[:=]\s+)?["']?(.*?)["']?\s*,?$/;
const HAS_OPTION = /^[\w./-]+\s(?:.*\s)?--?[A-Za-z]/;
const DATA = new Set(["yaml", "json", "jsonc", "toml", "dockercompose", "github-actions-workflow"]);
/** Languages that `commandsIn` reads. */
export const COMMAND_LANGUAGES = new Set(["shellscript", "dockerfile", "makefile", ...DATA]);

/** The commands of a file. In data files, only values with an option are commands. */
export function commandsIn(text: string, languageId: string): Command[] {
  const lines = text
    .replace(/^\s*#.*$/gm, "")
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .filter((line) => !isData(line));
  if (languageId === "dockerfile") return instructionsIn(lines);
  if (DATA.has(languageId))
    return lines.flatMap((line) => {
      const value = VALUE.exec(line)?.[1] ?? "";
      return HAS_OPTION.test(value) ? commandsOf(value) : [];
    });
  const commands = languageId === "makefile" ? lines.filter((line) => line.startsWith("\t")) : lines;
  return commands.flatMap(commandsOf);
}

function commandsOf(line: string): Command[] {
  return partsOf(line).flatMap((part) => {
    const [command, ...names] = part.match(TOKEN) ?? [];
    return command === undefined ? [] : [{ scope: `command ${command}`, names: names.map(withoutQuotes) }];
  });
}

/** The commands of a line. A line whose quotes hold a separator stays whole. */
function partsOf(line: string): string[] {
  if (/["']/.test(line.replace(/"[^"&|;]*"|'[^'&|;]*'/g, ""))) return [line.trim()];
  return line.split(BETWEEN).flatMap((part) => part.trim().replace(PREFIX, "") || []);
}

/** A token without quotes and braces, so that `"${a}"` equals `$a`. */
const withoutQuotes = (token: string) => token.replace(/["']/g, "").replace(/\$\{(\w+)\}/g, "$$$1");

/** One list for each stage and kind of instruction, since instructions may be joined and split; then RUN's commands. */
function instructionsIn(lines: readonly string[]): Command[] {
  const lists = new Map<string, string[]>();
  const commands: Command[] = [];
  let stage = "";
  for (const line of lines) {
    stage = STAGE.exec(line) ? (STAGE.exec(line)![1] ?? "") : stage;
    const [, word = "", rest = ""] = INSTRUCTION.exec(line) ?? [];
    if (word === "" || rest.trim().startsWith("[")) continue;
    const scope = `${stage} ${word.toUpperCase()}`;
    const names = namesOf(word.toUpperCase(), rest);
    lists.set(scope, [...(lists.get(scope) ?? []), ...names]);
    if (word.toUpperCase() === "RUN") commands.push(...commandsOf(rest));
  }
  return [...[...lists].map(([scope, names]) => ({ scope, names })), ...commands];
}

function namesOf(word: string, rest: string): string[] {
  const tokens = (rest.match(TOKEN) ?? []).filter((token) => !token.startsWith("--"));
  if (word === "RUN") return partsOf(rest.replace(/^(?:--\S+\s+)+/, "")).map(nameOf);
  if (word === "COPY" || word === "ADD") return tokens.slice(0, -1).map(withoutQuotes);
  if (word === "EXPOSE" || word === "VOLUME") return tokens.map(withoutQuotes);
  // The older form, without "=", has one name and one value.
  if (!tokens[0]?.includes("=")) return tokens.slice(0, 1);
  return tokens.map((token) => withoutQuotes(token.split("=")[0]!));
}

/** A command with its subcommand: `apt-get install`. */
function nameOf(command: string): string {
  const [name = "", does = ""] = command.match(TOKEN) ?? [];
  return /^[a-z][a-z-]*$/.test(does) ? `${name} ${does}` : name;
}

/** Whether an argument is an option, such as `-x`. */
export const isOption = (argument: string) => argument.startsWith("-");

/** Whether `others` contain an argument in another form: `--a b` as `--a=b`, `-x` in `-xy`. */
export function isGiven(argument: string, others: readonly string[]): boolean {
  const flags = /^-([A-Za-z])+$/.test(argument) ? [...argument.slice(1)] : [];
  const short = others.filter((other) => /^-[A-Za-z]+$/.test(other)).join("");
  if (flags.length > 0 && flags.every((flag) => short.includes(flag))) return true;
  return others.some((other) => isOption(other) && other.length > argument.length && other.includes(argument));
}
