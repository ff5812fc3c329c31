/** The text of the system turn, in the words of the model's published chat template (NVIDIA-Nemotron-Nano-v2.jinja). */
import type { Tool } from "../protocol.ts";
import { pythonJson } from "./pythonJson.ts";

/** What the template says behind the list of tools. The doubled braces are the template's own. */
const HOW_TO_CALL = `If you decide to call any tool(s), use the following format:
<TOOLCALL>[{{"name": "tool_name1", "arguments": "tool_args1"}}, {{"name": "tool_name2", "arguments": "tool_args2"}}]</TOOLCALL>

The user will execute tool-calls and return responses from tool(s) in this format:
<TOOL_RESPONSE>[{{"tool_response1"}}, {{"tool_response2"}}]</TOOL_RESPONSE>

Based on the tool responses, you can call additional tools if needed, correct tool calls if any errors are found, or just respond to the user.`;

/** The whole turn behind `<SPECIAL_10>`: there is one in every prompt, with nothing in it if need be. */
export function systemText(content: string, tools: readonly Tool[]): string {
  const blocks = [content.trim(), tools.length > 0 ? toolsText(tools) : ""].filter((block) => block !== "");
  return `System\n${blocks.join("\n\n")}\n\n`;
}

function toolsText(tools: readonly Tool[]): string {
  const list = tools.map(pythonJson).join(", ");
  return `You can use the following tools to assist the user if required:
<AVAILABLE_TOOLS>[${list}]</AVAILABLE_TOOLS>

${HOW_TO_CALL}`;
}
