/** A reply as every API reports it: each thing once, in order, without calls that were not asked for. */
import type { ReplyEvent } from "../../engine/engine.ts";
import { END_THINK } from "../../nemotron/tags.ts";

type End = Extract<ReplyEvent, { type: "usage" }>;
export type ReplyPart =
  | { type: "reading" }
  | { type: "thought"; text: string }
  | { type: "answer"; text: string }
  /** A call begins; its arguments follow as `callText`. */
  | { type: "call"; index: number; name: string; text: string }
  | { type: "callText"; index: number; text: string }
  | End;

/** A whole reply. `arguments` is JSON, or the beginning of it if the call was cut off. */
export type WholeReply = {
  thought: string;
  answer: string;
  calls: { name: string; arguments: string; isWhole: boolean }[];
  end: End;
};

/** Throws what the reply throws. @param singleCall leaves out all calls but the first. */
export async function* partsOf(events: AsyncIterable<ReplyEvent>, singleCall: boolean): AsyncGenerator<ReplyPart> {
  /** Number of calls that have been sent at least in part, and number of complete calls. */
  let [begun, whole] = [0, 0];
  let sent = { thought: "", answer: "" };
  for await (const event of events) {
    if (event.type === "reading") yield { type: "reading" };
    else if ((event.type === "thought" || event.type === "answer") && event.text !== "") {
      sent[event.type] += event.text;
      yield { type: event.type, text: event.text };
    } else if (event.type === "revised") {
      const { thought, answer } = missing(sent, event);
      if (thought !== "") yield { type: "thought", text: thought };
      if (answer !== "") yield { type: "answer", text: answer };
      sent = { thought: event.thought, answer: event.answer };
    } else if (event.type === "callPart" && !(singleCall && event.index > 0)) {
      const { index, name, text } = event;
      begun = index + 1;
      yield name === undefined ? { type: "callText", index, text } : { type: "call", index, name, text };
    } else if (event.type === "toolCall") {
      const index = whole++;
      // Some engines report calls only when they are complete.
      if (index < begun || (singleCall && index > 0)) continue;
      begun = whole;
      yield { type: "call", index, name: event.toolCall.name, text: JSON.stringify(event.toolCall.arguments) };
    } else if (event.type === "usage") yield event;
  }
}

/** Collects a reply. Throws what the reply throws. @param singleCall leaves out all calls but the first. */
export async function collect(events: AsyncIterable<ReplyEvent>, singleCall: boolean): Promise<WholeReply> {
  let thought = "";
  let answer = "";
  const calls = new Map<number, WholeReply["calls"][number]>();
  let whole = 0;
  let end: End | undefined;
  for await (const event of events) {
    if (event.type === "thought") thought += event.text;
    else if (event.type === "answer") answer += event.text;
    else if (event.type === "revised") ({ thought, answer } = event);
    else if (event.type === "callPart") {
      // A call that was cut off is reported as OpenAI does: its arguments end where the reply does.
      const call = calls.get(event.index) ?? { name: event.name ?? "", arguments: "", isWhole: false };
      call.arguments += event.text;
      calls.set(event.index, call);
    } else if (event.type === "toolCall") {
      const { name, arguments: args } = event.toolCall;
      calls.set(whole++, { name, arguments: JSON.stringify(args), isWhole: true });
    } else if (event.type === "usage") end = event;
  }
  if (!end) throw new Error("The reply ended without its usage.");
  return { thought, answer, calls: [...calls.values()].slice(0, singleCall ? 1 : undefined), end };
}

type Texts = { thought: string; answer: string };

/**
 * The text still to send when a reply is revised. Sent text cannot be withdrawn. If a thought was sent as the answer,
 * a closing tag follows it there, as from endpoints that do not separate the two.
 */
function missing(sent: Texts, now: Texts): Texts {
  const rest = (type: keyof Texts) =>
    now[type].startsWith(sent[type]) ? now[type].slice(sent[type].length) : undefined;
  return {
    thought: rest("thought") ?? (sent.thought.startsWith(now.thought) ? "" : `\n\n${now.thought}`),
    answer: rest("answer") ?? `\n${END_THINK}\n\n${now.answer}`,
  };
}

/** The parts of a whole reply, each in one piece. */
export function* wholeParts({ thought, answer, calls, end }: WholeReply): Generator<ReplyPart> {
  if (thought !== "") yield { type: "thought", text: thought };
  if (answer !== "") yield { type: "answer", text: answer };
  for (const [index, { name, arguments: text }] of calls.entries()) yield { type: "call", index, name, text };
  yield end;
}
