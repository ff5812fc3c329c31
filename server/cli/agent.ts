/** `nemotron-server agent "task"`: works on the files of a folder until a task is done. */
import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import { URI } from "vscode-uri";
import { AgentControl } from "../agent/control.ts";
import { DiskWorkspace } from "../agent/workspace/diskWorkspace.ts";
import { undoLastRun } from "../agent/workspace/journal.ts";
import { Backends } from "../backends/backends.ts";
import type { Engine } from "../engine/engine.ts";
import { Grammars } from "../features/code/grammars.ts";
import { RunningReplies } from "../features/replies.ts";
import { Summaries } from "../features/summaries.ts";
import type { AgentParams, AgentResult, LoadParams } from "../protocol.ts";
import { RemoteEngine } from "../remote/remoteEngine.ts";
import { SharedEngine } from "../sharing/client/sharedEngine.ts";
import { consent } from "./agentConsent.ts";
import { type AgentScreen, jsonScreen, sanitize, textScreen } from "./agentScreen.ts";
import { modelToLoad } from "./modelsHere.ts";
import {
  addModelOptions,
  addRemoteOptions,
  count,
  folderOption,
  type ModelValues,
  notEmpty,
  type RemoteValues,
  remoteParams,
  UsageError,
} from "./options.ts";

/** Exit statuses: edits that were not checked or fail, a task that is not done, and the shell's 130 for Ctrl+C. */
const NOT_VERIFIED = 1;
const NOT_DONE = 2;
const STOPPED = 130;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How many times longer the first step may think, because it plans. */
const PLAN_FACTOR = 4;

type Values = ModelValues &
  RemoteValues & {
    folder?: string;
    check?: string;
    allow: string[];
    yes?: boolean;
    steps?: number;
    thinking?: number;
    json?: boolean;
    undo?: boolean;
  };

/** @param bundles the folder of the product's bundles. */
export function agentCommand(bundles: string): Command {
  const command = new Command("agent")
    .description("work on the files of a folder until a task is done")
    .argument("[task]", "what to do, in your words")
    .addOption(folderOption("the project's folder (default: this one)"))
    .option("--check <command>", "the command that checks the project (default: found in its files)")
    .option("--allow <command>", "a command line that may run without asking; can be repeated", collect, [])
    .option("--yes", "run all commands without asking")
    .option("--steps <n>", "limit of steps (default: 20)", count)
    .option("--thinking <n>", "tokens that a step may think, the first one four times as many; 0: off", count)
    .option("--json", "one JSON object a line for each event")
    .option("--undo", "undo the last run in this folder: every file gets back its bytes");
  return addRemoteOptions(addModelOptions(command)).action((task: string | undefined, values: Values) =>
    agent(task, values, bundles),
  );
}

const collect = (value: string, all: string[]): string[] => [...all, notEmpty(value)];

/** Throws UsageError, EngineError, and the system's errors. */
async function agent(task: string | undefined, values: Values, bundles: string): Promise<void> {
  const root = await realpath(values.folder ?? process.cwd());
  if (values.undo) return undo(root);
  if (task === undefined || task.trim() === "") throw new UsageError("Say what to do.");
  const load = remoteParams(values) ?? (await modelToLoad(values, bundles));
  const screen = values.json ? jsonScreen((text) => process.stdout.write(text)) : textScreen(process.stdout);
  const engine = engineFor(load, bundles);
  const control = new AgentControl();
  // A second interruption ends the program at once.
  const stop = () => (control.signal.aborted ? process.exit(STOPPED) : control.stop());
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await engine.load(load, control.signal);
    const result = await run(task, values, { root, bundles, engine, control, screen });
    screen.result(result);
    process.exitCode = statusOf(result);
  } catch (error) {
    if (!control.signal.aborted) throw error;
    process.exitCode = STOPPED;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
    await engine.dispose();
  }
}

type World = { root: string; bundles: string; engine: Engine; control: AgentControl; screen: AgentScreen };

async function run(
  task: string,
  values: Values,
  { root, bundles, engine, control, screen }: World,
): Promise<AgentResult> {
  const { allow, yes = false, check, steps, thinking } = values;
  const ask = consent({ isYes: yes, canAsk: !values.json && Boolean(process.stdin.isTTY && process.stderr.isTTY) });
  const workspace = new DiskWorkspace({
    root,
    allowed: allow,
    ask: async (subject, signal) => {
      const result = await ask(subject, signal);
      screen.answered(subject, result);
      return result;
    },
  });
  const params: AgentParams = {
    messages: [{ role: "user", content: task }],
    check,
    limits: { steps },
    budgets: thinking === undefined ? undefined : { plan: thinking * PLAN_FACTOR, step: thinking },
  };
  const { runAgent } = await import("../agent/agent.ts");
  return runAgent(
    params,
    {
      engine,
      workspace,
      control,
      report: screen.event,
      documents: { get: () => undefined, folders: () => [URI.file(root).toString()] },
      replies: new RunningReplies(),
      summaries: new Summaries(engine),
      grammars: new Grammars((file) => readFile(path.join(bundles, "grammars", file))),
    },
    new AbortController().signal,
  );
}

function engineFor(load: LoadParams, bundles: string): Engine {
  if (load.remote) return new RemoteEngine();
  const backendsFolder = () => new Backends().folder;
  const engine = new SharedEngine({ bundles, kind: "terminal", log: () => {}, backendsFolder });
  engine.introduce({ owner: "terminal" });
  return engine;
}

/** The exit status of a result. A run without changes needs no check. */
function statusOf({ outcome, verdict, changed }: AgentResult): number {
  if (outcome === "stopped") return STOPPED;
  if (outcome !== "done") return NOT_DONE;
  return verdict === "passed" || changed.length === 0 ? 0 : NOT_VERIFIED;
}

async function undo(root: string): Promise<void> {
  const undone = await undoLastRun(root);
  if (!undone) {
    console.error(`There is no run to undo in ${root}.`);
    process.exitCode = NOT_VERIFIED;
    return;
  }
  const nameOf = (file: string) => sanitize(path.relative(root, file));
  for (const file of undone.restored) console.log(`Restored ${nameOf(file)}`);
  for (const file of undone.kept) console.error(`Kept ${nameOf(file)}: it was changed since.`);
  process.exitCode = undone.kept.length > 0 ? NOT_VERIFIED : 0;
}
