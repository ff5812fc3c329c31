/** A conversation of a window: the chats it sends, and the expected results. */
import { randomUUID } from "node:crypto";
import type { ChatParams, ChatResult, Message, ReplyProgress } from "../../server/protocol.ts";
import { textOf } from "../support/client.ts";
import { type Answered, greedy } from "./reference.ts";
import type { ChatStep } from "./script.ts";

const LINE = "The value of this line is 7, and the next one follows.";

export class Conversation {
  readonly id = randomUUID();
  private messages: Message[] = [];

  /** The parameters of the next turn. */
  params({ content, thinking, long }: Pick<ChatStep, "content" | "thinking" | "long">): ChatParams {
    const text = Array.from({ length: long ?? 0 }, () => LINE).join("\n");
    const context = long ? [{ type: "text" as const, title: "Notes", text }] : undefined;
    return greedy({ messages: [...this.messages, { role: "user", content }], context, thinking });
  }

  answered({ userContent, answer }: Answered): void {
    this.messages.push({ role: "user", content: userContent }, { role: "assistant", content: answer });
  }
}

/** What is wrong with the events before a reply broke off. */
export function partialReplyFault(events: ReplyProgress[], { thought, answer }: Answered): string | undefined {
  const [thoughtSeen, answerSeen] = [textOf(events, "thought"), textOf(events, "answer")];
  if (!thought.startsWith(thoughtSeen.trimEnd()))
    return differs("the thought that was on screen", thoughtSeen, thought);
  if (!answer.startsWith(answerSeen.trimEnd())) return differs("the answer that was on screen", answerSeen, answer);
  return undefined;
}

/** What is wrong with a whole reply. */
export function replyFault(
  result: Omit<ChatResult, "userContent">,
  events: ReplyProgress[],
  right: Answered,
): string | undefined {
  if (result.thought !== right.thought) return differs("the thought", result.thought, right.thought);
  if (result.answer !== right.answer) return differs("the answer", result.answer, right.answer);
  if (result.stopReason !== right.stopReason) return `it ended by ${result.stopReason}, not ${right.stopReason}`;
  const shown = textOf(events, "answer");
  return shown.trim() === result.answer.trim() ? undefined : differs("what was streamed", shown, result.answer);
}

/** Describes only the place where the texts differ. */
function differs(what: string, got: string, right: string): string {
  let at = 0;
  while (at < got.length && got[at] === right[at]) at++;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 30));
  return `${what} differs from character ${at} of ${right.length} on: ${around(got)}, right is ${around(right)}`;
}
