/**
 * Converts what other extensions send to a language model into the protocol's messages. Pure: no VS Code API. Whatever
 * they send is data. Nothing is added to it, not even the extension's own system prompt.
 */
import { t } from "@vscode/l10n";
import type { Message, ToolCall } from "../../server/protocol.ts";

/** A part of a message, as parts.ts has read it. */
export type Part =
  | { type: "text"; text: string }
  | { type: "call"; id: string; name: string; input: object }
  | { type: "result"; id: string; content: Part[] }
  | { type: "data"; mimeType: string; data: Uint8Array };
/** A message, as parts.ts has read it. */
export type SourceMessage = { role: "system" | "user" | "assistant"; parts: Part[] };

/** A part that the model cannot read, in words for the user. */
export class UnsupportedPart extends Error {}

/** A call with its id. The protocol has no ids: results follow in the order of their calls. */
type Call = { id: string; call: ToolCall };
type Turn =
  | { role: "user"; content: string }
  | { role: "assistant"; content: string; calls: Call[] }
  | { role: "result"; id: string; content: string };
type Result = Extract<Turn, { role: "result" }>;

/**
 * The conversation to answer. It always begins with a system message, which may be empty. Callers send instructions as
 * system messages or, because the API has none, as a first user message that another user message follows.
 * Throws UnsupportedPart for images and other binary data.
 */
export function conversationOf(messages: readonly SourceMessage[]): Message[] {
  const leading = messages.findIndex(({ role }) => role !== "system");
  const systems = leading < 0 ? messages.length : leading;
  const instructions = systems > 0 ? systems : instructs(messages) ? 1 : 0;
  const content = messages.slice(0, instructions).map(({ parts }) => textOf(parts));
  const turns = messages.slice(instructions).flatMap(turnsOf);
  return [{ role: "system", content: content.join("\n\n") }, ...merged(answering(merged(turns))).map(toMessage)];
}

/** One message as it is in a conversation, for counting its tokens. Throws UnsupportedPart as conversationOf does. */
export function messagesOf(message: SourceMessage): Message[] {
  if (message.role === "system") return [{ role: "system", content: textOf(message.parts) }];
  return turnsOf(message).map(toMessage);
}

function instructs([first, second]: readonly SourceMessage[]): boolean {
  const isPlain = ({ role, parts }: SourceMessage) => role === "user" && parts.every(({ type }) => type !== "result");
  return first !== undefined && second !== undefined && isPlain(first) && isPlain(second);
}

/** Tool results come first: they answer earlier calls. A later system message becomes a user message in its place. */
function turnsOf({ role, parts }: SourceMessage): Turn[] {
  const content = textOf(parts);
  if (role === "assistant") return [{ role, content, calls: parts.flatMap(toCall) }];
  const results = parts.flatMap((part): Turn[] =>
    part.type === "result" ? [{ role: "result", id: part.id, content: textOf(part.content) }] : [],
  );
  return results.length > 0 && content === "" ? results : [...results, { role: "user", content }];
}

const toCall = (part: Part): Call[] =>
  part.type === "call" ? [{ id: part.id, call: { name: part.name, arguments: { ...part.input } } }] : [];

/** Joins messages of one side in a row into one turn: the model has learnt that sides alternate. */
function merged(turns: Turn[]): Turn[] {
  const result: Turn[] = [];
  for (const turn of turns) {
    const last = result.at(-1);
    if (last?.role === "user" && turn.role === "user") last.content = joined(last.content, turn.content);
    else if (last?.role === "assistant" && turn.role === "assistant") {
      last.content = joined(last.content, turn.content);
      last.calls = [...last.calls, ...turn.calls];
    } else result.push({ ...turn });
  }
  return result;
}

/** Brings results into the order of their calls. A result without its call (histories get cut) becomes a user turn. */
function answering(turns: Turn[]): Turn[] {
  let open: string[] = [];
  const result: Turn[] = [];
  for (let i = 0; i < turns.length; i++) {
    const turn = turns[i]!;
    if (turn.role !== "result") {
      open = turn.role === "assistant" ? turn.calls.map(({ id }) => id) : [];
      result.push(turn);
      continue;
    }
    const results: Result[] = [turn];
    for (let next = turns[i + 1]; next?.role === "result"; next = turns[++i + 1]) results.push(next);
    const known = results.filter(({ id }) => open.includes(id));
    result.push(...known.sort((a, b) => open.indexOf(a.id) - open.indexOf(b.id)));
    for (const { id, content } of results) if (!open.includes(id)) result.push({ role: "user", content });
  }
  return result;
}

function toMessage(turn: Turn): Message {
  if (turn.role === "result") return { role: "tool", content: turn.content };
  if (turn.role === "user") return turn;
  const toolCalls = turn.calls.map(({ call }) => call);
  return { role: turn.role, content: turn.content, ...(toolCalls.length > 0 && { toolCalls }) };
}

const textOf = (parts: readonly Part[]) => parts.map(partText).join("");

function partText(part: Part): string {
  if (part.type === "text") return part.text;
  return part.type === "data" ? dataText(part) : "";
}

/** Types without a slash are marks for providers, for example `cache_control`: they mean nothing to a model. */
function dataText({ mimeType, data }: Extract<Part, { type: "data" }>): string {
  if (!mimeType.includes("/")) return "";
  if (/^text\/|[/+](json|xml)\b/i.test(mimeType)) return new TextDecoder().decode(data);
  throw new UnsupportedPart(
    t("Nemotron reads only text, but a message contains {0}. Remove it, or choose another model.", mimeType),
  );
}

const joined = (a: string, b: string) => [a, b].filter((text) => text !== "").join("\n\n");
