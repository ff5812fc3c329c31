/** What all APIs ask the engine for in the same way: tools, the form of the answer, the slot, and thinking by effort. */
import type { RespondRequest } from "../../engine/engine.ts";
import type { Message, Thinking, Tool } from "../../protocol.ts";
import { invalid } from "./fields.ts";

/**
 * Uses the slot of the window's chat, which keeps the conversation's state for the next request. An owner of its own
 * keeps the window's conversations apart.
 */
export const ROUTING = {
  priority: "chat",
  kind: "followUp",
  owner: "endpoint",
  callParts: true,
  perhapsOnce: true,
} as const;

export type ToolChoice = "auto" | "none" | "required" | { name: string };
type FormWanted = {
  tools: Tool[];
  choice: ToolChoice;
  /** At most one call. */
  singleCall: boolean;
  responseSchema: object | undefined;
};
type Form = Pick<RespondRequest, "tools" | "toolChoice" | "singleCall" | "responseSchema">;

/** Throws ApiError 400. @param formatParam the parameter that asks for the schema. */
export function formOf({ tools: given, choice, singleCall, responseSchema }: FormWanted, formatParam: string): Form {
  // Tools that must not be called are not shown: the model would call them anyway.
  const tools = choice === "none" ? [] : given;
  if (tools.length === 0) {
    if (choice !== "none" && choice !== "auto") throw invalid("tool_choice", "there are no tools to choose from");
    return { responseSchema };
  }
  if (responseSchema) throw invalid(formatParam, 'it does not go together with tools, unless tool_choice is "none"');
  if (choice === "auto" || choice === "none") return { tools };
  if (choice === "required") return { tools, toolChoice: "required", singleCall };
  const { name } = choice;
  if (!tools.some((tool) => tool.name === name)) throw invalid("tool_choice", `there is no tool named "${name}"`);
  return { tools, toolChoice: { name }, singleCall: true };
}

/** A call's result. `param`: the parameter with its id. */
export type Result = { id: string; text: string; param: string };

/**
 * The results in the order of the calls: the model matches them by order. Throws ApiError 400 unless each call has one
 * result. @param callsParam the parameter with the calls.
 */
export function resultsOf(callIds: readonly string[], results: readonly Result[], callsParam: string): Message[] {
  const indices = new Map(callIds.map((id, index) => [id, index]));
  const contents = new Map<number, string>();
  for (const { id, text, param } of results) {
    const index = indices.get(id);
    if (index === undefined) throw invalid(param, "the assistant message before it has no such tool call");
    if (contents.has(index)) throw invalid(param, "there is more than one result of this tool call");
    contents.set(index, text);
  }
  return callIds.map((id, index) => {
    const content = contents.get(index);
    if (content === undefined) throw invalid(callsParam, `the call ${id} must be followed by its result`);
    return { role: "tool", content };
  });
}

/** Budgets of a thought by the names of efforts, tokens. */
const EFFORTS: Record<string, number | "unlimited"> = {
  none: 0,
  minimal: 128,
  low: 512,
  medium: 2048,
  high: 8192,
  xhigh: "unlimited",
  max: "unlimited",
};

/** An unknown effort counts as medium. */
export function thinkingOfEffort(effort: string): Thinking {
  const budget = (Object.hasOwn(EFFORTS, effort) ? EFFORTS[effort] : undefined) ?? 2048;
  return budget === 0 ? { mode: "off" } : { mode: "on", budget };
}

/** A system message in the middle of a conversation, which the models do not know: a text that is marked as such. */
export const lateSystem = (text: string): Message => ({ role: "user", content: `<system>\n${text}\n</system>` });

/** What the model reads in place of a part that is no text. @param what for example `image`. */
export const unreadable = (what: string): string =>
  `[A part of the type ${what} was here. This model reads text alone.]`;

/** The engine takes small seeds alone. -1: any, as in llama-server. */
export function seedOf(seed: number | null | undefined): number | undefined {
  return seed === undefined || seed === null || seed === -1 ? undefined : Math.abs(seed) % 0x7fffffff;
}
