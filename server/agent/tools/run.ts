/** `run`: runs a command with the user's consent. */
import * as z from "zod";
import { isAllowed, WorkspaceError } from "../workspace/workspace.ts";
import { headAndTail } from "./observation.ts";
import type { AgentTool, Observation, ToolContext } from "./tool.ts";

type Arguments = { command: string };

/** How much to keep of the beginning, and of the end, of what a command writes, characters. */
const KEPT_CHARS = 128 * 1024;

export const run: AgentTool<Arguments> = {
  definition: {
    name: "run",
    description: "Runs a command in the project's folder, without input. The user is asked first.",
    parameters: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
  },
  arguments: z.strictObject({ command: z.string().regex(/\S/) }),
  run: ({ command }, context) => runWithConsent(command, context),
};

/**
 * `command`: what was run; the user can change a check. `exitCode`: undefined if it was not run, or was stopped.
 * `denied`: the user did not allow it.
 */
export type CommandResult = Observation & { command: string; exitCode?: number; denied?: boolean };

/** `check`: the command verifies the agent's edits. `isConfirmed`: the user has already allowed it. */
export type CommandConsent = { check: boolean; isConfirmed: boolean };

/** Runs a command if the user allows it. Throws WorkspaceError if it cannot be started, and the signal's reason. */
export async function runWithConsent(
  asked: string,
  context: ToolContext,
  { check, isConfirmed }: CommandConsent = { check: false, isConfirmed: false },
): Promise<CommandResult> {
  const { workspace, signal, report, commandMs, countTokens } = context;
  const [folder = ""] = workspace.folders();
  let command = asked;
  if (!workspace.run) return { text: "Commands cannot be run here.", failed: true, command };
  if (!isConfirmed) {
    const given = await workspace.approve({ type: "command", command, folder, check }, signal);
    const text = `The user does not allow this command${given.why ? `: ${given.why}` : "."}`;
    if (!isAllowed(given)) return { text, failed: true, denied: true, command };
    if (check) command = given.command ?? command;
  }
  report({ type: "command", command, check });
  const output = new KeptOutput();
  const onOutput = (text: string) => {
    output.add(text);
    report({ type: "output", text });
  };
  try {
    const { exitCode, stopped } = await workspace.run(command, { timeoutMs: commandMs, check, signal, onOutput });
    report({ type: "commandEnd", exitCode });
    signal.throwIfAborted();
    const { text, cut } = await headAndTail(output.text.trimEnd(), countTokens);
    const how = exitCode === undefined ? `It ${ENDED[stopped ?? "user"]}.` : `Exit status ${exitCode}.`;
    return {
      text: text === "" ? `${how} It wrote nothing.` : `${how}\n${text}`,
      cut,
      command,
      exitCode,
      failed: exitCode !== 0,
    };
  } catch (error) {
    if (signal.aborted || error instanceof WorkspaceError) throw error;
    throw new WorkspaceError(`The command could not be started: ${(error as Error).message}`);
  }
}

const ENDED = {
  time: "was ended, because it took too long",
  output: "was ended, because it wrote too much",
  user: "was ended by the user",
};

/** The beginning and the end of what a command writes. */
class KeptOutput {
  private head = "";
  private tail = "";
  private isCut = false;

  add(text: string): void {
    const room = KEPT_CHARS - this.head.length;
    this.head += text.slice(0, Math.max(0, room));
    this.tail += text.slice(Math.max(0, room));
    if (this.tail.length <= 2 * KEPT_CHARS) return;
    this.tail = this.tail.slice(-KEPT_CHARS);
    this.isCut = true;
  }

  get text(): string {
    return this.isCut ? `${this.head}\n[…]\n${this.tail}` : this.head + this.tail;
  }
}
