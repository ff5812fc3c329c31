/** Converts conversations to the form of the OpenAI API. Pure. */
import type { ChatCompletionFunctionTool, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { possibleStart } from "../nemotron/tags.ts";
import type { Message, Tool } from "../protocol.ts";

/** Nano v2's switches for thinking. */
export type Switch = "/think" | "/no_think";

/**
 * @param word is added to the system message, which is created if there is none. The model's template obeys and removes
 * switches in any text, even inside `src/thinker.ts`. So switches are broken up in all other texts.
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

/** Unicode's word joiner: invisible, and no line break. */
const JOINER = "\u2060";

const breakUp = (text: string) => text.replace(/\/(?=think|no_think)/g, `/${JOINER}`);
const BROKEN = [`/${JOINER}think`, `/${JOINER}no_think`];

/** Restores a broken-up text that the model has copied. */
export const restoreSwitches = (text: string): string => text.replace(/\/\u2060(?=think|no_think)/g, "/");

/** Restores broken-up switches in a text that comes in pieces. */
export class SwitchRestorer {
  private pending = "";

  push(text: string): string {
    const whole = restoreSwitches(this.pending + text);
    const end = possibleStart(whole, BROKEN);
    this.pending = whole.slice(end);
    return whole.slice(0, end);
  }

  /** Returns the text held back, because no more text follows. */
  end(): string {
    const { pending } = this;
    this.pending = "";
    return pending;
  }
}

/** The engine's calls have no ids: results follow the calls in their order. */
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

/** The tools in the API's form. */
export const toOpenAITools = (tools: readonly Tool[]): ChatCompletionFunctionTool[] =>
  tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters: { ...parameters } },
  }));
