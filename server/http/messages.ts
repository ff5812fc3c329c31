/** OpenAI's messages as ours, and the model's own switch of thinking, taken out of the system message. */
import { END_THINK, THINK } from "../nemotron/tags.ts";
import type { Message, ToolCall } from "../protocol.ts";
import type { BodyContent, BodyMessage } from "./body.ts";
import { ApiError } from "./errors.ts";

export type Conversation = {
  messages: Message[];
  /** What the system message asked for: the last `/think` or `/no_think` in it. */
  thinking?: boolean;
};

type Of<Role extends BodyMessage["role"]> = Extract<BodyMessage, { role: Role }>;
/** The calls that the tool messages behind an assistant's answer, by their ids. */
type Call = { id: string; call: ToolCall };

/** Throws ApiError 400 where it is no conversation that the model could go on with. */
export function conversationOf(given: readonly BodyMessage[]): Conversation {
  const systems = leading(given, isSystem);
  const late = given.findIndex((message, i) => i >= systems.length && isSystem(message));
  if (late >= 0) throw wrong(late, "role", "a system or developer message may only come before all others");
  const { text, thinking } = switched(systems.map(({ content }, i) => textOf(content ?? "", i)).join("\n\n"));
  const system: Message[] = text.trim() === "" ? [] : [{ role: "system", content: text }];
  const rest = turnsOf(given, systems.length);
  const last = given.at(-1)?.role;
  if (last !== "user" && last !== "tool")
    throw wrong(given.length - 1, "role", "the last message must be the user's or a tool's");
  return { messages: [...system, ...rest], thinking };
}

function isSystem({ role }: BodyMessage): boolean {
  return role === "system" || role === "developer";
}

function leading(given: readonly BodyMessage[], holds: (message: BodyMessage) => boolean): BodyMessage[] {
  const end = given.findIndex((message) => !holds(message));
  return given.slice(0, end < 0 ? given.length : end);
}

/**
 * The model card's switch: a word of its own, the last one counts. Elsewhere `/think` is text, in paths for example, and
 * in what users say it must not change how they are answered.
 */
function switched(text: string): { text: string; thinking?: boolean } {
  const flag = /(?<!\S)\/(no_)?think(?!\S)/g;
  const last = [...text.matchAll(flag)].at(-1);
  return last ? { text: text.replace(flag, ""), thinking: last[1] === undefined } : { text };
}

function turnsOf(given: readonly BodyMessage[], from: number): Message[] {
  const messages: Message[] = [];
  for (let i = from; i < given.length; i++) {
    const message = given[i]!;
    if (message.role === "assistant") {
      const calls = callsOf(message, i);
      const content = withoutThought(textOf(message.content ?? "", i));
      messages.push({
        role: "assistant",
        content,
        ...(calls.length > 0 && { toolCalls: calls.map(({ call }) => call) }),
      });
      const results = leading(given.slice(i + 1), ({ role }) => role === "tool") as Of<"tool">[];
      messages.push(...resultsOf(results, calls, i + 1));
      i += results.length;
    } else if (message.role === "tool") {
      throw wrong(i, "role", "a tool message must follow an assistant message with tool_calls");
    } else messages.push({ role: "user", content: textOf(message.content ?? "", i) });
  }
  return messages;
}

function callsOf({ tool_calls }: Of<"assistant">, at: number): Call[] {
  return (tool_calls ?? []).map(({ id, function: { name, arguments: text } }, i) => {
    const args = parseObject(text.trim() === "" ? "{}" : text);
    if (!args) throw wrong(at, `tool_calls[${i}].function.arguments`, "it must be a JSON object");
    return { id, call: { name, arguments: args } };
  });
}

/** In the order of the calls, which is how the model tells them apart. */
function resultsOf(results: Of<"tool">[], calls: Call[], at: number): Message[] {
  const order = results.map(({ tool_call_id }, i) => {
    const index = calls.findIndex(({ id }) => id === tool_call_id);
    if (index < 0) throw wrong(at + i, "tool_call_id", "the assistant message before it has no such tool call");
    return { index, content: textOf(results[i]!.content, at + i) };
  });
  const missing = calls.find((_, index) => !order.some((result) => result.index === index));
  if (missing)
    throw wrong(at - 1, "tool_calls", `the call ${missing.id} must be followed by a tool message with its id`);
  if (order.length > calls.length) throw wrong(at, "tool_call_id", "there is more than one result of a tool call");
  return order.sort((a, b) => a.index - b.index).map(({ content }) => ({ role: "tool", content }));
}

/** Answers of servers that leave the thought in the text. An answer that speaks of the tags further on is left alone. */
function withoutThought(text: string): string {
  if (!text.trimStart().startsWith(THINK)) return text;
  const end = text.indexOf(END_THINK);
  return end < 0 ? "" : text.slice(end + END_THINK.length).trimStart();
}

function textOf(content: BodyContent, at: number): string {
  if (typeof content === "string") return content;
  const texts = content.map(({ type, text, refusal }, i) => {
    const said = type === "text" ? text : type === "refusal" ? refusal : undefined;
    if (said === undefined)
      throw wrong(at, `content[${i}].type`, `parts of the type "${type}" cannot be used, the model reads text alone`);
    return said;
  });
  return texts.join("\n");
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function wrong(index: number, field: string, what: string): ApiError {
  const param = `messages[${index}].${field}`;
  return new ApiError(400, `Invalid value for ${param}: ${what}.`, { param, code: "invalid_value" });
}
