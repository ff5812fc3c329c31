/** What must be read before a follow-up's first token. */
import { type ChatResult, type Message, Method } from "../../server/protocol.ts";
import { type Client, idle } from "../support/client.ts";
import type { Figure } from "./figures.ts";

const QUESTIONS = [
  "What is recursion?",
  "Give me an example.",
  "Count to one hundred.",
  "Write a long text.",
  "What is Git?",
  "How do I start?",
  "Tell me a joke.",
  "What is a closure?",
  "Write FizzBuzz in Python.",
  "What is 17 + 25?",
  "Thanks!",
  "Hello",
];
/** Framing and tokens at the boundaries. */
const ALLOWED = 16;
const SETTLE_MS = 400;

/** The tokens of a text alone: how many more a prompt with it has than one without it. */
async function countTokens(client: Client, text: string): Promise<number> {
  const ask = async (content: string) =>
    (await client.chat({ messages: [{ role: "user", content }], thinking: { mode: "off" }, maxTokens: 1 })).usage
      .promptTokens;
  return (await ask(`x ${text}`)) - (await ask("x"));
}

export async function followUps(client: Client): Promise<Figure[]> {
  const sizes = [];
  for (const question of QUESTIONS) sizes.push(await countTokens(client, question));

  const messages: Message[] = [];
  const reads: { read: number; beyond: number; prompt: number }[] = [];
  for (const [i, content] of QUESTIONS.entries()) {
    messages.push({ role: "user", content });
    const { answer, usage } = await client.chat({ messages, thinking: { mode: "on", budget: 256 } });
    reads.push({ read: usage.readTokens, beyond: usage.readTokens - sizes[i]!, prompt: usage.promptTokens });
    messages.push({ role: "assistant", content: answer });
    await idle(SETTLE_MS);
  }
  const later = reads.slice(1);
  const worst = Math.max(...later.map(({ beyond }) => beyond));
  return [
    { what: "12 turns, thinking: prompt of the last", value: reads.at(-1)!.prompt, unit: "tokens" },
    {
      what: "12 turns, thinking: read per follow-up, most",
      value: Math.max(...later.map(({ read }) => read)),
      unit: "tokens",
    },
    {
      what: "12 turns, thinking: read beyond the message, most",
      value: worst,
      unit: "tokens",
      target: `<= ${ALLOWED}`,
      met: worst <= ALLOWED,
    },
    ...(await prepared(client)),
  ];
}

/** A question about a long file, typed while the known part is read. */
async function prepared(client: Client): Promise<Figure[]> {
  const text = Array.from({ length: 2000 }, (_, i) => `value ${i}`).join("\n");
  const tokens = await countTokens(client, text.slice(0, 2000));
  const question = "What is the difference between a stack and a queue?";
  const context = [{ type: "text" as const, title: "File", text: text.slice(0, Math.floor((2000 * 2000) / tokens)) }];
  const params = (content: string) => ({ messages: [{ role: "user" as const, content }], context });
  await client.request(Method.prepare, params(""));
  // The user continues typing; only the text typed since the last call remains to be read.
  for (let typed = 8; typed < question.length - 8; typed += 8)
    await client.request(Method.prepare, params(question.slice(0, typed)));
  const { usage } = await client.request<ChatResult>(Method.chat, {
    ...params(question),
    thinking: { mode: "on", budget: 32 },
  });
  const bare = await client.chat({
    messages: [{ role: "user", content: question }],
    thinking: { mode: "on", budget: 32 },
  });
  return [
    { what: "after prepare: prompt with the file attached", value: usage.promptTokens, unit: "tokens" },
    {
      what: "after prepare: read",
      value: usage.readTokens,
      unit: "tokens",
      target: "<= 16 + 16",
      met: usage.readTokens <= 32,
    },
    {
      what: "after prepare: first token, over a bare question's",
      value: Number((usage.firstTokenMs / bare.usage.firstTokenMs).toFixed(2)),
      unit: "x",
    },
  ];
}
