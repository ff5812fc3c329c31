/** Decides whether a reply can be carried out. A reply that cannot never enters the conversation. */
import type { RewindReason, Tool, ToolCall } from "../protocol.ts";
import { readAnchors } from "./tools/anchors.ts";
import type { ShownWindow } from "./tools/shown.ts";
import { areValid, canChangeAll } from "./tools/tools.ts";
import { type Workspace, WorkspaceError } from "./workspace/workspace.ts";

/** A reply to be judged. */
export type Judged = { text: string; calls: readonly ToolCall[] };

/** What is needed to judge a reply. `shown`: the lines that the conversation shows. */
export type JudgeContext = {
  tools: readonly Tool[];
  workspace: Pick<Workspace, "resolve">;
  shown: readonly ShownWindow[];
  /** The keys (`callKey`) of calls since the last change. Repeating one would give the same result. */
  made: () => ReadonlySet<string>;
};

/** Why a reply cannot be carried out. `call`: the faulty call. */
export type Fault = { reason: RewindReason; call?: ToolCall };

/** Equal for equal calls, whatever the order of their arguments. */
export function callKey({ name, arguments: args }: ToolCall): string {
  const sorted = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([name, Object.fromEntries(sorted)]);
}

/** Undefined if the reply can be carried out. */
export async function faultOf({ text, calls }: Judged, context: JudgeContext): Promise<Fault | undefined> {
  if (calls.length === 0) return text.trim() === "" ? { reason: "empty" } : undefined;
  let made = context.made();
  for (const call of calls) {
    const reason = await reasonOf(call, made, context);
    if (reason) return { reason, call };
    made = madeAfter(call, made);
  }
  return undefined;
}

/** The calls that would be repetitions later in the same reply. */
function madeAfter(call: ToolCall, made: ReadonlySet<string>): ReadonlySet<string> {
  if (call.name === "edit" || call.name === "create") return new Set();
  return new Set([...(canChangeAll(call) ? [] : made), callKey(call)]);
}

async function reasonOf(
  call: ToolCall,
  made: ReadonlySet<string>,
  { tools, workspace, shown }: JudgeContext,
): Promise<RewindReason | undefined> {
  if (!tools.some(({ name }) => name === call.name)) return "unknownTool";
  if (!areValid(call)) return "badArguments";
  if (made.has(callKey(call))) return "repeated";
  if (call.name !== "edit" && call.name !== "create") return undefined;
  const { path, from, to } = call.arguments as Record<string, string>;
  const place = await workspace.resolve(path!).catch((error) => {
    if (error instanceof WorkspaceError) return undefined;
    throw error;
  });
  // The tool itself reports what is wrong with the path.
  if (!place) return undefined;
  if (call.name === "create") return place.kind === "nothing" ? undefined : "exists";
  const own = shown.filter((window) => window.path === place.path);
  return readAnchors(from!, to!, own) ? undefined : "notShown";
}
