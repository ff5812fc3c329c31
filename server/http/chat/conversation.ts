/** Converts OpenAI's messages to the engine's, and takes the model's thinking switch out of the system message. */
import { END_THINK, THINK } from "../../nemotron/tags.ts";
import type { Message, ToolCall } from "../../protocol.ts";
import { isDeeper, MAX_DEPTH } from "../../shared/depth.ts";
import { ApiError } from "../exchange/errors.ts";
import { invalid } from "../exchange/fields.ts";
import { resultsOf } from "../exchange/form.ts";
import type { BodyContent, BodyMessage } from "./body.ts";

/** A request's messages in the engine's form. */
export type Conversation = {
  messages: Message[];
  /** The last switch in the system message: true for `/think`, false for `/no_think`, undefined without one. */
  thinking?: boolean;
};

type Of<Role extends BodyMessage["role"]> = Extract<BodyMessage, { role: Role }>;
/** The calls that later tool messages answer, by id. */
type Call = { id: string; call: ToolCall };

/** Throws ApiError 400 if the messages are not a conversation that the model can continue. */
export function conversationOf(given: readonly BodyMessage[]): Conversation {
  const systems = run(given, 0, isSystem);
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

/** The consecutive messages from `from` on that satisfy the condition. */
function run(given: readonly BodyMessage[], from: number, holds: (message: BodyMessage) => boolean): BodyMessage[] {
  let end = from;
  while (end < given.length && holds(given[end]!)) end++;
  return given.slice(from, end);
}

/**
 * Finds and removes the model card's switch in a system message: a separate word; the last one counts. In other
 * messages `/think` is text: a user's text must not change how it is answered.
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
      const results = run(given, i + 1, ({ role }) => role === "tool") as Of<"tool">[];
      // Not spread: a turn can have more results than a function call can have arguments.
      for (const result of ordered(results, calls, i + 1)) messages.push(result);
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
    const field = `tool_calls[${i}].function.arguments`;
    if (!args) throw wrong(at, field, "it must be a JSON object");
    if (isDeeper(args)) throw wrong(at, field, `more than ${MAX_DEPTH} lists and objects are nested in one another`);
    return { id, call: { name, arguments: args } };
  });
}

function ordered(results: Of<"tool">[], calls: Call[], at: number): Message[] {
  const given = results.map(({ tool_call_id: id, content }, i) => ({
    id,
    text: textOf(content, at + i),
    param: `messages[${at + i}].tool_call_id`,
  }));
  return resultsOf(
    calls.map(({ id }) => id),
    given,
    `messages[${at - 1}].tool_calls`,
  );
}

/**
 * Removes the thought from answers of servers that leave it in the text. An answer that mentions the tags later is
 * unchanged.
 */
function withoutThought(text: string): string {
  if (!text.trimStart().startsWith(THINK)) return text;
  const end = text.indexOf(END_THINK);
  return end < 0 ? "" : text.slice(end + END_THINK.length).trimStart();
}

function textOf(content: BodyContent, at: number): string {
  if (typeof content === "string") return content;
  const texts = content.map(({ type, text, refusal }, i) => {
    const said = type === "text" ? text : type === "refusal" ? refusal : undefined;
    if (said === undefined && (type === "text" || type === "refusal")) throw missing(at, `content[${i}].${type}`);
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

function missing(index: number, field: string): ApiError {
  const param = `messages[${index}].${field}`;
  return new ApiError(400, `${param} is missing.`, { param, code: "missing_required_parameter" });
}

const wrong = (index: number, field: string, what: string) => invalid(`messages[${index}].${field}`, what);
