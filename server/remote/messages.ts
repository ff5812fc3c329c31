/** Conversations as the OpenAI API has them. Pure. */
import type { ChatCompletionFunctionTool, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { Message, Tool } from "../protocol.ts";

/** Nano v2's words for thinking. */
export type Switch = "/think" | "/no_think";

/**
 * @param word goes into the system message, which is made where there is none. The template that obeys it obeys it in
 * any text, and takes it out of there, also as a part of `src/thinker.ts`: so in all texts it is broken up.
 */
export function toOpenAI(messages: readonly Message[], word?: Switch): ChatCompletionMessageParam[] {
  const texts = word ? messages.map((message) => ({ ...message, content: breakUp(message.content) })) : messages;
  const [first, ...rest] = texts;
  const system = first?.role === "system" ? first.content : undefined;
  const content = [system ?? "", word ?? ""].filter((part) => part !== "").join("\n\n");
  const others = system === undefined ? texts : rest;
  const before: ChatCompletionMessageParam[] = content === "" ? [] : [{ role: "system", content }];
  return [...before, ...turns(others)];
}

/** Unicode's word joiner: nothing to see, nor to split a line at. */
const JOINER = "\u2060";

const breakUp = (text: string) => text.replace(/\/(?=think|no_think)/g, `/${JOINER}`);

/** What a model has copied from a text that was broken up. */
export const mend = (text: string): string => text.replaceAll(JOINER, "");

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
