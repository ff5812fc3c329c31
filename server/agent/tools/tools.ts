/** The agent's tools. */
import type { z } from "zod";
import type { Tool, ToolCall } from "../../protocol.ts";
import { isAllowed, type Place, type Workspace, WorkspaceError } from "../workspace/workspace.ts";
import { create } from "./create.ts";
import { edit } from "./edit.ts";
import { read } from "./read.ts";
import { run } from "./run.ts";
import { search } from "./search.ts";
import type { AgentTool, Observation, ToolContext } from "./tool.ts";

const TOOLS: ReadonlyMap<string, AgentTool> = new Map(
  [read, search, edit, create, run].map((tool) => [tool.definition.name, tool as unknown as AgentTool]),
);

/** The agent's own tools that can be used in this workspace. */
export const toolsFor = ({ run }: Pick<Workspace, "run">): Tool[] =>
  [...TOOLS.values()].map(({ definition }) => definition).filter(({ name }) => name !== "run" || run !== undefined);

/** Whether the arguments match the tool's schema; true for a tool of the client, which has none here. */
export function areValid({ name, arguments: args }: ToolCall): boolean {
  const schema: z.ZodType<unknown> | undefined = TOOLS.get(name)?.arguments;
  return schema === undefined || schema.safeParse(args).success;
}

/** Whether the tool is one of the agent's own, and not the client's. */
export const isOwn = ({ name }: Pick<ToolCall, "name">): boolean => TOOLS.has(name);

/** Whether a call can change anything at all: a command, or a client's tool. */
export const canChangeAll = (call: Pick<ToolCall, "name">): boolean => call.name === "run" || !isOwn(call);

/**
 * Carries out a call of one of the agent's own tools, with valid arguments. An error becomes a result for the model.
 * Throws only the signal's reason.
 */
export async function runTool({ name, arguments: args }: ToolCall, context: ToolContext): Promise<Observation> {
  const tool = TOOLS.get(name)!;
  try {
    return await tool.run(args as never, context);
  } catch (error) {
    context.signal.throwIfAborted();
    return { text: failureText(error), failed: true, isStale: error instanceof WorkspaceError && error.isStale };
  }
}

/** A tool's error for the model. Leaves out the system's own message, which can hold a path of the machine. */
export const failureText = (error: unknown): string =>
  error instanceof WorkspaceError
    ? error.message
    : `This failed: ${(error as NodeJS.ErrnoException)?.code ?? "an unexpected error"}.`;

/** Asks once for each protected file in a run, and remembers the answer. */
export function consentIn(workspace: Workspace, signal: AbortSignal): ToolContext["consent"] {
  const answers = new Map<string, Promise<string | undefined>>();
  const ask = async (type: "read" | "write", { uri, path, protection }: Place): Promise<string | undefined> => {
    const given = await workspace.approve({ type, uri, path, why: protection! }, signal);
    return isAllowed(given) ? undefined : `The user does not allow this${given.why ? `: ${given.why}` : "."}`;
  };
  return async (type, place) => {
    const isOpen = place.protection === undefined || (type === "read" && place.protection === "configuration");
    if (isOpen) return;
    const key = `${type} ${place.file}`;
    const asked = answers.get(key) ?? ask(type, place);
    answers.set(key, asked);
    const denied = await asked;
    if (denied !== undefined) throw new WorkspaceError(denied);
  };
}
