/** Conversations as the OpenAI API has them. Pure. */
import type { ChatCompletionFunctionTool, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { Message, Tool } from "../protocol.ts";

/** Nano v2's words for thinking. */
export type Switch = "/think" | "/no_think";

/** @param word goes into the system message, which is made where there is none. */
export function toOpenAI(messages: readonly Message[], word?: Switch): ChatCompletionMessageParam[] {
  const [first, ...rest] = messages;
  const system = first?.role === "system" ? first.content : undefined;
  const content = [system ?? "", word ?? ""].filter((part) => part !== "").join("\n\n");
  const others = system === undefined ? messages : rest;
  const before: ChatCompletionMessageParam[] = content === "" ? [] : [{ role: "system", content }];
  return [...before, ...turns(others)];
}

/** Ours have no ids of calls: results follow the calls in their order. */
function turns(messages: readonly Message[]): ChatCompletionMessageParam[] {
  let waiting: string[] = [];
  return messages.map((message, i): ChatCompletionMessageParam => {
    switch (message.role) {
      case "assistant": {
        const { content, toolCalls = [] } = message;
        waiting = toolCalls.map((_, n) => `call_${i}_${n}`);
        if (toolCalls.length === 0) return { role: "assistant", content };
        return {
          role: "assistant",
          content,
          tool_calls: toolCalls.map((call, n) => ({
            id: waiting[n]!,
            type: "function",
            function: { name: call.name, arguments: JSON.stringify(call.arguments) },
          })),
        };
      }
      case "tool":
        return { role: "tool", content: message.content, tool_call_id: waiting.shift() ?? `call_${i}` };
      default:
        return { role: message.role, content: message.content };
    }
  });
}

export const toOpenAITools = (tools: readonly Tool[]): ChatCompletionFunctionTool[] =>
  tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters: { ...parameters } },
  }));

/**
 * Whether Nano v2's published template thinks all the same after `/no_think` in the system message: the last word for it
 * in any message counts, also where it is a part of something else, as in `src/thinker.ts`.
 */
export function thinksAllTheSame(messages: readonly Message[]): boolean {
  const last = messages.findLast(
    ({ role, content }) => role === "user" && (content.includes("/think") || content.includes("/no_think")),
  );
  return last?.content.includes("/think") ?? false;
}
