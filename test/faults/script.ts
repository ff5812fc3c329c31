/** The requests of a run's windows. The toy model knows the answers by heart, so they do not depend on rounding. */
import type { Thinking } from "../../server/protocol.ts";
import type { Stage } from "./plan.ts";
import type { Random } from "./random.ts";

/** `conversation`: the number of a conversation of the window. `long`: with this many lines of context. */
export type ChatStep = { type: "chat"; conversation: number; content: string; thinking: Thinking; long?: number };
export type Step =
  | ChatStep
  | { type: "edit" }
  | { type: "count"; conversation: number; content: string }
  | { type: "prepare"; conversation: number; content: string };

const CONVERSATIONS = 2;
const SHORT = ["Hello", "What is recursion?", "What is Git?", "Who are you?", "Thanks!", "Tell me a joke."];
const LONG_ANSWERS = ["Count to one hundred.", "Write a long text."];
const LONG_THOUGHTS = ["Think for a long time.", "What is 17 + 25?", "How many r are in strawberry?"];
const OFF: Thinking = { mode: "off" };

/** A script for each window, of three to five steps. */
export function newScript(random: Random): Step[] {
  return Array.from({ length: random.between(3, 5) }, () => newStep(random));
}

function newStep(random: Random): Step {
  const conversation = random.between(0, CONVERSATIONS - 1);
  const sort = random.between(0, 9);
  if (sort === 0) return { type: "edit" };
  if (sort === 1) return { type: "count", conversation, content: random.pick(SHORT) };
  if (sort === 2) return { type: "prepare", conversation, content: random.pick(SHORT) };
  return chatFor(random, random.pick(["reading", "thinking", "answering", "idle", "idle"]));
}

/** A chat in which a stage lasts long enough to be hit. */
export function chatFor(random: Random, stage: Stage): ChatStep {
  const chat = { type: "chat" as const, conversation: random.between(0, CONVERSATIONS - 1) };
  if (stage === "reading")
    return { ...chat, content: random.pick(SHORT), thinking: OFF, long: random.between(60, 120) };
  if (stage === "answering") return { ...chat, content: random.pick(LONG_ANSWERS), thinking: OFF };
  if (stage === "thinking") {
    const budget = random.pick(["unlimited", 64, 150] as const);
    return { ...chat, content: random.pick(LONG_THOUGHTS), thinking: { mode: "on", budget } };
  }
  return { ...chat, content: random.pick(SHORT), thinking: random.chance(0.5) ? OFF : { mode: "on", budget: 32 } };
}

/** Two conversations alternate in the model's one chat slot, so the state of the leaving one is saved. */
export function switching(random: Random): ChatStep[] {
  return [0, 1, 0].map((conversation) => ({ ...chatFor(random, "idle"), conversation, long: 20 }));
}

/** The questions after everything has been closed. */
export const farewells = (): ChatStep[] =>
  Array.from({ length: CONVERSATIONS }, (_, conversation) => ({
    type: "chat",
    conversation,
    content: "What is recursion?",
    thinking: OFF,
  }));
