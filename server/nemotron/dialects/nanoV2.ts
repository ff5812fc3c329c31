/**
 * Nemotron Nano v2: conversations laid out as the model was trained to read them, exactly as its published chat template
 * does (NVIDIA-Nemotron-Nano-v2.jinja), but for three things. `/think` and `/no_think` in a text are text, not switches to
 * be obeyed and cut out; an assistant's content that holds `</think>` is kept whole; tool names are escaped.
 */
import type { AssistantMessage, Message, Tool } from "../../protocol.ts";
import type { Dialect } from "../dialect.ts";
import { JSON_CALLS, responsesText, saidText } from "../jsonTools.ts";
import {
  checkConversation,
  checkQuestion,
  closing,
  type Piece,
  type Prompt,
  resultsUpTo,
  special,
  text,
  unknownRole,
} from "../prompt.ts";
import { END_THINK, THINK } from "../tags.ts";
import { lastHeadedTurn } from "../turns.ts";
import { systemText } from "./nanoV2System.ts";

/** How the text of a user's turn, or of tool results, begins. */
const USER = "User\n";

/** `<SPECIAL_10>` begins the system turn, 11 every other turn; 12 ends an assistant's turn. Thoughts never are history. */
export const nanoV2: Dialect = {
  id: "nano-v2",
  architectures: ["nemotron_h"],
  specials: ["<SPECIAL_10>", "<SPECIAL_11>", "<SPECIAL_12>"],
  tags: [],
  renderPrompt,
  renderPartial,
  opening,
  closing,
  lastTurn: (pieces) => lastHeadedTurn(pieces, USER),
  messageText,
  calls: () => JSON_CALLS,
  // The model card: 0.6 and top-p 0.95 when thinking, greedy when not.
  sampling: (thinking) => ({ temperature: thinking ? 0.6 : 0, topP: 0.95 }),
};

/** The prompt for a reply, up to and including `Assistant\n`; `opening` comes next. */
export function renderPrompt(messages: readonly Message[], tools: readonly Tool[] = []): Prompt {
  checkQuestion(messages);
  return prompt(messages, tools, [...turns(messages), special("<SPECIAL_11>"), text("Assistant\n")]);
}

export function renderPartial(messages: readonly Message[], tools: readonly Tool[] = []): Prompt {
  checkConversation(messages);
  const last = messages.at(-1);
  if (last?.role !== "user") return prompt(messages, tools, turns(messages));
  const open = [special("<SPECIAL_11>"), text(`${USER}${last.content.trimStart()}`)];
  return prompt(messages, tools, [...turns(messages.slice(0, -1)), ...open]);
}

/** What the reply is made to begin with: the template's own generation prompt, behind `Assistant\n`. */
export function opening(thinking: boolean): string {
  return thinking ? `${THINK}\n` : `${THINK}${END_THINK}`;
}

function prompt(messages: readonly Message[], tools: readonly Tool[], rest: Piece[]): Prompt {
  const content = messages[0]?.role === "system" ? messages[0].content : "";
  const system = [special("<SPECIAL_10>"), text(systemText(content, tools))];
  return { pieces: [...system, ...rest], systemPieces: system.length };
}

function turns(messages: readonly Message[]): Piece[] {
  return messages.flatMap((message, i): Piece[] => {
    switch (message.role) {
      case "system":
        return [];
      case "user":
        return [special("<SPECIAL_11>"), text(`${USER}${message.content.trim()}\n`)];
      case "assistant":
        return [special("<SPECIAL_11>"), ...assistantText(message, i), special("<SPECIAL_12>"), text("\n")];
      case "tool":
        // Results in a row share one turn, which is laid out where the last of them comes.
        if (messages[i + 1]?.role === "tool") return [];
        return [special("<SPECIAL_11>"), text(`${USER}${responsesText(resultsUpTo(messages, i))}`)];
      default:
        throw unknownRole(i);
    }
  });
}

function assistantText(message: AssistantMessage, index: number): Piece[] {
  const said = messageText(message);
  // With nothing said the two newlines meet, and are one token: no cut between them.
  return said === "" ? [text("Assistant\n\n")] : [text("Assistant\n"), { ...text(`${said}\n`), message: index }];
}

export function messageText(message: Message): string {
  return saidText(message, "\n", (content) => content.trim());
}
