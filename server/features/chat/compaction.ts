/**
 * Makes room in a conversation. Old tool results become one line each, oldest first, in one sweep: after each change,
 * the model must read everything below it again. If that is not enough, the oldest turns are left out, and a summary
 * takes their place if there is one. Pure.
 */
import type { Message } from "../../protocol.ts";

/** Compaction begins at this share of the context. */
const TRIGGER_SHARE = 0.7;
/** One sweep makes room for this many further steps. */
const STEPS_OF_ROOM = 10;
/** Minimum size of a step, tokens. */
const MIN_STEP_TOKENS = 150;
/** How many of the newest results stay: the model is about to use them. */
const KEPT_RESULTS = 2;
/** How much of a result's first line remains, characters. */
const HEAD_CHARS = 80;
/** Assumed size of the line in place of a result, tokens. */
const LINE_TOKENS = 40;

/** A message and its size in the prompt, tokens. */
export type Sized = { message: Message; tokens: number };
/** `elided`: results that became one line. `dropped`: messages that were left out. `summarized`: a summary is there. */
export type Compacted = { messages: Message[]; elided: number; dropped: number; summarized: boolean };

/** The size of a conversation at which compaction begins, tokens. */
export const compactionTrigger = (contextTokens: number): number => Math.floor(contextTokens * TRIGGER_SHARE);

/** The size to reach, tokens: small enough for ten more steps of the average size below the trigger. */
export function compactionTarget(sized: readonly Sized[], trigger: number): number {
  const steps = sized.filter(({ message }) => message.role === "assistant").length;
  const own = sized.filter(({ message }) => message.role === "assistant" || message.role === "tool");
  const each = Math.max(MIN_STEP_TOKENS, Math.ceil(sum(own) / Math.max(1, steps)));
  return Math.max(0, trigger - STEPS_OF_ROOM * each);
}

/**
 * Brings the messages below the target, as far as the rules allow: the system message, the last user turn and what
 * follows it stay, except for old results. The result is a conversation, too: no result is without its call.
 * @param summary the turn that takes the place of turns that are left out, unless it is as long as they are.
 */
export function compact(sized: readonly Sized[], target: number, summary: readonly Sized[] = []): Compacted {
  const tokens = sized.map((one) => one.tokens);
  const messages = sized.map(({ message }) => message);
  let excess = sum(sized) - target;
  let elided = 0;
  const results = messages.flatMap(({ role }, i) => (role === "tool" ? [i] : []));
  for (const i of results.slice(0, Math.max(0, results.length - KEPT_RESULTS))) {
    if (excess <= 0) break;
    if (tokens[i]! <= LINE_TOKENS) continue;
    messages[i] = { role: "tool", content: elision(messages[i]!.content) };
    excess -= tokens[i]! - LINE_TOKENS;
    tokens[i] = LINE_TOKENS;
    elided++;
  }
  const lead = messages[0]?.role === "system" ? 1 : 0;
  const upTo = (excess: number) => {
    let from = lead;
    let left = excess;
    for (let next = turnAfter(messages, from); left > 0 && next !== undefined; next = turnAfter(messages, from)) {
      left -= tokens.slice(from, next).reduce((a, b) => a + b, 0);
      from = next;
    }
    return from;
  };
  const plain = upTo(excess);
  const withSummary = plain > lead && summary.length > 0 ? upTo(excess + sum(summary)) : lead;
  const summarized = tokens.slice(lead, withSummary).reduce((a, b) => a + b, 0) > sum(summary);
  const from = summarized ? withSummary : plain;
  const instead = summarized ? summary.map(({ message }) => message) : [];
  const shorter = [...messages.slice(0, lead), ...instead, ...messages.slice(from)];
  return { messages: shorter, elided, dropped: from - lead, summarized };
}

/** The index of the next user message. Undefined after the last one, so that its turn stays. */
function turnAfter(messages: readonly Message[], from: number): number | undefined {
  const next = messages.findIndex(({ role }, i) => i > from && role === "user");
  return next < 0 ? undefined : next;
}

/** The line in place of a result: its first line, which says what it was. */
function elision(content: string): string {
  const [first = ""] = content.split("\n");
  return `${first.slice(0, HEAD_CHARS)} [… left out to save room]`;
}

const sum = (sized: readonly Sized[]) => sized.reduce((all, { tokens }) => all + tokens, 0);
