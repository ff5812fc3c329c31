/** Tools as JSON between tags, as in Nano v2 and Llama-Nemotron v1.5. */
import type { AssistantMessage, Message, Tool } from "../protocol.ts";
import { JsonCallStream } from "./callStream.ts";
import type { CallFormat } from "./dialect.ts";
import { pythonJson } from "./pythonJson.ts";
import { END_TOOL_CALL, TOOL_CALL } from "./tags.ts";
import { parseToolCalls } from "./toolCalls.ts";

/** Calls as JSON between `<TOOLCALL>` and `</TOOLCALL>`. */
export const JSON_CALLS: CallFormat = {
  begin: TOOL_CALL,
  end: END_TOOL_CALL,
  parse: parseToolCalls,
  stream: () => new JsonCallStream(),
};

/** The part of the system turn about tools, as in the published templates. */
export function toolsText(tools: readonly Tool[], howToCall: string): string {
  const list = tools.map(pythonJson).join(", ");
  return `You can use the following tools to assist the user if required:
<AVAILABLE_TOOLS>[${list}]</AVAILABLE_TOOLS>

${howToCall}`;
}

/** The calls of a message with their tags; "" if there are none. */
function callsText({ toolCalls = [] }: AssistantMessage): string {
  if (toolCalls.length === 0) return "";
  // Fixed order of keys, whatever the order in the caller's objects.
  const list = toolCalls.map((call) => pythonJson({ name: call.name, arguments: call.arguments }));
  return `${TOOL_CALL}[${list.join(", ")}]${END_TOOL_CALL}`;
}

/** The results of one turn. Unlike other texts they are not trimmed. */
export const responsesText = (results: readonly string[]) => `<TOOL_RESPONSE>[${results.join(", ")}]</TOOL_RESPONSE>`;

/** Content and calls of a message, joined; `trim` as the dialect's template does. */
export function joinedText(message: Message, between: string, trim: (text: string) => string): string {
  if (message.role === "tool") return message.content;
  const called = message.role === "assistant" ? callsText(message) : "";
  return [trim(message.content), called].filter((part) => part !== "").join(between);
}
