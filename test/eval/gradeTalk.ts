/** Decides whether a reply says and calls what it should. */
import { isDeepStrictEqual } from "node:util";
import { GRACE_TOKENS } from "../../server/engine/thoughtBudget.ts";
import type { ToolCall } from "../../server/protocol.ts";
import type { TalkCase } from "./cases.ts";

/** `thoughtTokens`: length of the thought. */
export type Talked = { answer: string; thought: string; toolCalls: ToolCall[]; thoughtTokens: number };

/** Why the reply is not right; undefined if it is. @param budget the thought's, tokens; 0: it must not think. */
export function gradeTalk(one: TalkCase, reply: Talked, budget: number): string | undefined {
  const { answer, thought, toolCalls, thoughtTokens } = reply;
  if (budget === 0 && thought.trim() !== "") return "it thinks";
  if (budget > 0 && isOver(thoughtTokens, budget)) return `its thought has ${thoughtTokens} tokens of ${budget}`;
  if (/<\/?think>|<\/?TOOLCALL>|<SPECIAL_\d+>/.test(answer)) return "its answer shows the model's own tokens";
  const { calls = [], facts = [], errors = [], language } = one;
  const isWanted = (call: ToolCall) => calls.some((wanted) => isDeepStrictEqual(wanted, call));
  if (toolCalls.length !== calls.length || !toolCalls.every(isWanted))
    return `it calls ${toolCalls.length === 0 ? "nothing" : JSON.stringify(toolCalls)}`;
  const missing = facts.find((fact) => !new RegExp(fact, "isu").test(answer));
  if (missing !== undefined) return `it does not name /${missing}/`;
  const wrong = errors.find((error) => new RegExp(error, "isu").test(answer));
  if (wrong !== undefined) return `it says /${wrong}/`;
  const spoken = language === undefined ? undefined : languageIn(answer);
  return spoken === language ? undefined : `it is in ${spoken ?? "no known language"} and not in ${language}`;
}

/** Whether a thought has broken its budget, tokens. */
export const isOver = (tokens: number, budget: number): boolean => tokens > budget + GRACE_TOKENS;

/** Frequent words that no other of these languages has. */
const WORDS: Record<string, string> = {
  en: "the is are and it of to if with when this that which returns",
  de: "der die das ist sind und nicht wenn ein eine mit wird es den zurück gibt",
  fr: "le les est sont et dans une des si avec pas elle il du renvoie cette",
  es: "el los las es son y en una si con no que se devuelve del cuando esta",
  it: "il lo gli è sono e di una se con non che restituisce della quando questa",
};

/** The language of a text without its code. Undefined without known words. */
export function languageIn(text: string): string | undefined {
  const prose = text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, " ");
  if (/[\u3040-\u30ff]/.test(prose)) return "ja";
  const words = prose.toLowerCase().match(/\p{L}+/gu) ?? [];
  const scores = Object.entries(WORDS).map(([language, known]) => {
    const list = known.split(" ");
    return { language, score: words.filter((word) => list.includes(word)).length };
  });
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 ? best.language : undefined;
}
