/** Converts Anthropic's messages to the engine's. What the model cannot read becomes a text that says so. */
import type { AssistantMessage, Message, ToolCall } from "../../protocol.ts";
import { isDeeper, MAX_DEPTH } from "../../shared/depth.ts";
import { invalid, textField } from "../exchange/fields.ts";
import { lateSystem, type Result, resultsOf, unreadable } from "../exchange/form.ts";
import type { Block, Content, CountBody } from "./body.ts";

type Given = CountBody["messages"][number];
/** Blocks with the parameter that each comes from. */
type Placed = { block: Block; param: string };
/** Messages of one role in a row: the API counts them as one. */
type Turn = { role: Given["role"]; blocks: Placed[]; param: string };

/** Throws ApiError 400 if the messages are not a conversation that the model can continue. */
export function conversationOf({ messages: given, system }: Pick<CountBody, "messages" | "system">): Message[] {
  const text = systemText(system ?? "");
  const messages: Message[] = text === "" ? [] : [{ role: "system", content: text }];
  const turns = turnsOf(given);
  let calls: { ids: string[]; param: string } = { ids: [], param: "" };
  for (const turn of turns) {
    if (turn.role === "system") {
      messages.push(lateSystem(textOf(turn.blocks)));
      continue;
    }
    if (turn.role === "assistant") {
      const { message, ids } = assistantOf(turn);
      messages.push(message);
      calls = { ids, param: turn.param };
      continue;
    }
    const isResult = ({ block }: Placed) => block.type === "tool_result";
    // Not spread: a turn can have more results than a function call can have arguments.
    for (const result of resultsOf(calls.ids, turn.blocks.filter(isResult).map(resultOf), calls.param))
      messages.push(result);
    const said = turn.blocks.filter((placed) => !isResult(placed));
    if (said.length > 0 || calls.ids.length === 0) messages.push({ role: "user", content: textOf(said) });
    calls = { ids: [], param: "" };
  }
  if (turns.at(-1)?.role === "assistant")
    throw invalid(
      `messages[${given.length - 1}].role`,
      "the last message must be the user's; prefill is not supported",
    );
  return messages;
}

function turnsOf(given: readonly Given[]): Turn[] {
  const turns: Turn[] = [];
  const unanswered = new Set<unknown>();
  for (const [i, { role: own, content }] of given.entries()) {
    const param = `messages[${i}].content`;
    // Between calls and results, the model knows no other turn. The text comes after the results.
    const isEarly = own === "system" && unanswered.size > 0;
    const role = isEarly ? "user" : own;
    const blocks = placedBlocks(content, param);
    const last = turns.at(-1);
    const turn = last?.role === role ? last : { role, blocks: [], param };
    if (isEarly) turn.blocks.push({ block: { type: "text", text: lateSystem(textOf(blocks)).content }, param });
    else for (const placed of blocks) turn.blocks.push(placed);
    for (const { block } of blocks)
      if (block.type === "tool_use") unanswered.add(block.id);
      else if (block.type === "tool_result") unanswered.delete(block.tool_use_id);
    if (turn !== last) turns.push(turn);
  }
  return turns;
}

const placedBlocks = (content: Content, param: string): Placed[] =>
  typeof content === "string"
    ? [{ block: { type: "text", text: content }, param }]
    : content.map((block, i) => ({ block, param: `${param}[${i}]` }));

function assistantOf({ blocks }: Turn): { message: AssistantMessage; ids: string[] } {
  const ids: string[] = [];
  const toolCalls: ToolCall[] = [];
  for (const { block, param } of blocks) {
    if (block.type !== "tool_use") continue;
    ids.push(textField(block, "id", param));
    const { input } = block;
    if (typeof input !== "object" || input === null || Array.isArray(input))
      throw invalid(`${param}.input`, "it must be an object");
    if (isDeeper(input)) throw invalid(`${param}.input`, `more than ${MAX_DEPTH} lists and objects are nested`);
    toolCalls.push({ name: textField(block, "name", param), arguments: { ...input } });
  }
  // Past thoughts are never read, redacted or not. What Anthropic's servers did means nothing to this model.
  const texts = blocks.filter(({ block: { type } }) => type === "text");
  return { message: { role: "assistant", content: textOf(texts), ...(ids.length > 0 && { toolCalls }) }, ids };
}

function resultOf({ block, param }: Placed): Result {
  const { content, is_error: isError } = block;
  const text =
    typeof content === "string"
      ? content
      : Array.isArray(content)
        ? textOf(innerBlocks(content, `${param}.content`))
        : "";
  return {
    id: textField(block, "tool_use_id", param),
    text: isError === true ? `Error: ${text}` : text,
    param: `${param}.tool_use_id`,
  };
}

function innerBlocks(content: unknown[], param: string): Placed[] {
  return content.map((block, i) => {
    if (typeof block !== "object" || block === null || !("type" in block) || typeof block.type !== "string")
      throw invalid(`${param}[${i}]`, "must be a block with a type");
    return { block: { ...block, type: block.type }, param: `${param}[${i}]` };
  });
}

const textOf = (blocks: readonly Placed[]): string => blocks.map(blockText).join("\n");

function blockText({ block, param }: Placed): string {
  if (block.type === "text") return textField(block, "text", param);
  const { source } = block;
  const isText = typeof source === "object" && source !== null && "data" in source && "type" in source;
  if (block.type === "document" && isText && source.type === "text" && typeof source.data === "string")
    return source.data;
  return unreadable(block.type);
}

/** A header of Claude Code with a checksum that changes with each request. */
const BILLING = /^x-anthropic-billing-header:.*$\n?/gim;
/** Lines that tell the date or the time: what comes after them would be read again whenever they change. */
const DATE = /^[ \t]*(?:[-*] )?(?:Today's date|(?:The )?current (?:date|time|date and time))(?: is|:)[^\n]*\n?/gim;

/** The system prompt without what changes between the requests of one conversation. */
function systemText(system: Content): string {
  const texts = placedBlocks(system, "system").map(blockText);
  const stable = texts.map((text) => text.replace(BILLING, "").replace(DATE, ""));
  return stable
    .filter((text) => text.trim() !== "")
    .join("\n")
    .trim();
}
