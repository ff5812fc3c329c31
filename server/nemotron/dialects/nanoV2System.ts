/** The text of the system turn, in the words of the model's published chat template (NVIDIA-Nemotron-Nano-v2.jinja). */
import type { Tool } from "../../protocol.ts";
import { toolsText } from "../jsonTools.ts";

/** What the template says behind the list of tools. The doubled braces are the template's own. */
const HOW_TO_CALL = `If you decide to call any tool(s), use the following format:
<TOOLCALL>[{{"name": "tool_name1", "arguments": "tool_args1"}}, {{"name": "tool_name2", "arguments": "tool_args2"}}]</TOOLCALL>

The user will execute tool-calls and return responses from tool(s) in this format:
<TOOL_RESPONSE>[{{"tool_response1"}}, {{"tool_response2"}}]</TOOL_RESPONSE>

Based on the tool responses, you can call additional tools if needed, correct tool calls if any errors are found, or just respond to the user.`;

/** The whole turn behind `<SPECIAL_10>`: there is one in every prompt, with nothing in it if need be. */
export function systemText(content: string, tools: readonly Tool[]): string {
  const blocks = [content.trim(), tools.length > 0 ? toolsText(tools, HOW_TO_CALL) : ""];
  return `System\n${blocks.filter((block) => block !== "").join("\n\n")}\n\n`;
}
