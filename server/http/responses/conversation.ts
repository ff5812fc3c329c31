/** Converts the items of OpenAI's Responses to the engine's messages. */
import type { Message, ToolCall } from "../../protocol.ts";
import { parseJson } from "../../shared/depth.ts";
import { invalid, textField } from "../exchange/fields.ts";
import { lateSystem, type Result, resultsOf, unreadable } from "../exchange/form.ts";
import type { Item } from "./body.ts";

/**
 * The assistant's turn that is being put together, and the results that follow it. `systems`: texts that came before the
 * results.
 */
type Turn = {
  texts: string[];
  calls: ToolCall[];
  ids: string[];
  results: Result[];
  systems: string[];
  param: string;
};

/** Throws ApiError 400 if the items are not a conversation that the model can continue. */
export function conversationOf(items: readonly Item[], instructions: string): Message[] {
  const system = [instructions];
  const messages: Message[] = [];
  let turn: Turn | undefined;
  const endTurn = () => {
    if (!turn) return;
    const { texts, calls, ids, results, systems, param } = turn;
    if (texts.length + calls.length > 0)
      messages.push({ role: "assistant", content: texts.join("\n"), ...(calls.length > 0 && { toolCalls: calls }) });
    // Not spread: a turn can have more results than a function call can have arguments.
    for (const result of resultsOf(ids, results, param)) messages.push(result);
    for (const text of systems) messages.push(lateSystem(text));
    turn = undefined;
  };
  /** The assistant's turn, a new one after the results of the last. */
  const assistant = (param: string): Turn => {
    if (turn && turn.results.length > 0) endTurn();
    turn ??= newTurn(param);
    return turn;
  };
  for (const [i, item] of items.entries()) {
    const param = `input[${i}]`;
    const type = item.type ?? "message";
    if (type === "function_call" || type === "custom_tool_call") {
      const now = assistant(param);
      now.ids.push(textField(item, "call_id", param));
      now.calls.push(callOf(item, type, param));
    } else if (type === "function_call_output" || type === "custom_tool_call_output") {
      turn ??= newTurn(param);
      const text = textOf(item.output, `${param}.output`);
      turn.results.push({ id: textField(item, "call_id", param), text, param: `${param}.call_id` });
    } else if (type === "message") {
      const text = textOf(item.content, `${param}.content`);
      const isSystem = item.role === "system" || item.role === "developer";
      if (item.role === "assistant") assistant(param).texts.push(text);
      else if (isSystem && turn && turn.results.length < turn.ids.length) turn.systems.push(text);
      else {
        endTurn();
        if (item.role === "user") messages.push({ role: "user", content: text });
        else if (!isSystem) throw invalid(`${param}.role`, "must be one of user, assistant, system, developer");
        else if (messages.length === 0) system.push(text);
        else messages.push(lateSystem(text));
      }
    }
    // Past thoughts are never read, and what OpenAI's servers did means nothing to this model.
  }
  endTurn();
  const last = messages.at(-1)?.role;
  if (last !== "user" && last !== "tool") throw invalid("input", "the last item must be the user's or a tool's output");
  const text = system.filter((part) => part.trim() !== "").join("\n\n");
  return text === "" ? messages : [{ role: "system", content: text }, ...messages];
}

const newTurn = (param: string): Turn => ({ texts: [], calls: [], ids: [], results: [], systems: [], param });

function callOf(item: Item, type: string, param: string): ToolCall {
  const name = textField(item, "name", param);
  if (type === "custom_tool_call") return { name, arguments: { input: textField(item, "input", param) } };
  const text = textField(item, "arguments", param);
  const args = parseJson(text.trim() === "" ? "{}" : text);
  // Clients send back arguments that were cut off.
  const isObject = typeof args === "object" && args !== null && !Array.isArray(args);
  return { name, arguments: isObject ? { ...args } : { input: text } };
}

function textOf(content: unknown, param: string): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw invalid(param, "must be a text, or a list of parts with a type");
  return content.map((part, i) => partText(part, `${param}[${i}]`)).join("\n");
}

function partText(part: unknown, param: string): string {
  if (typeof part !== "object" || part === null || !("type" in part) || typeof part.type !== "string")
    throw invalid(param, "must be a part with a type");
  if (["input_text", "output_text", "text"].includes(part.type)) return textField(part, "text", param);
  return part.type === "refusal" ? textField(part, "refusal", param) : unreadable(part.type);
}
