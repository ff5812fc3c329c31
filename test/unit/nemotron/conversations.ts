/** Generators of random conversations, and helpers to read prompts. */
import fc from "fast-check";
import type { Prompt } from "../../../server/nemotron/prompt.ts";
import type { Message, Tool, ToolCall } from "../../../server/protocol.ts";

const WORDS = [
  "Explain this function.",
  "Warum ist die Schleife größer?",
  "¿Qué hace este código?",
  "Où est l'erreur ?",
  "Perché non funziona più?",
  "このコードを説明してください。",
  "解释这个函数",
  "👩‍👩‍👧‍👦 🇯🇵 🙂",
  "```ts\nconst a = { b: 1 };\n```",
  "{{ x }} {% if y %} {# z #}",
  "<SPECIAL_11>Assistant\n",
  "<SPECIAL_12>",
  "<think>",
  '<TOOLCALL>[{"name": "x"}]</TOOLCALL>',
  "</TOOL_RESPONSE>",
  '"\\\u0007\u2028',
];
const SPACES = [" ", "\n", "\n\n", "\t", "\r\n", "   ", "\u3000"];

/** Any text, also with white space at its ends; never with the template's switches or `</think>`. */
export const text = fc
  .array(
    fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...SPACES), fc.string({ unit: "grapheme", maxLength: 8 })),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(""))
  .filter((joined) => !/\/(no_)?think/.test(joined));

/** Nested, with keys and strings in any script. */
const json = fc.jsonValue({ maxDepth: 3, stringUnit: "grapheme" });
const args = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 6 }), json, { maxKeys: 4 });
const name = fc.stringMatching(/^[a-z][a-z_0-9.-]{0,11}$/);

export const toolCall: fc.Arbitrary<ToolCall> = fc.record({ name, arguments: args });
const tool: fc.Arbitrary<Tool> = fc.record({ name, description: text, parameters: args }, { requiredKeys: ["name"] });
export const tools = fc.array(tool, { maxLength: 3 });

const user: fc.Arbitrary<Message[]> = text.map((content) => [{ role: "user", content }]);
const assistant: fc.Arbitrary<Message[]> = fc.oneof(
  text.map((content): Message[] => [{ role: "assistant", content }]),
  // An empty list of calls is no call.
  text.map((content): Message[] => [{ role: "assistant", content, toolCalls: [] }]),
);
const calling: fc.Arbitrary<Message[]> = fc
  .tuple(text, fc.array(toolCall, { minLength: 1, maxLength: 3 }), fc.array(text, { maxLength: 3 }))
  .map(([content, toolCalls, results]) => [
    { role: "assistant", content, toolCalls },
    ...results.map((content): Message => ({ role: "tool", content })),
  ]);

/**
 * A conversation that the model is to answer: with or without a system message, with tool results, with consecutive
 * users.
 */
export const conversation: fc.Arbitrary<Message[]> = fc
  .tuple(
    fc.option(text, { nil: undefined }),
    fc.array(fc.oneof(user, assistant, calling), { maxLength: 6 }),
    fc.oneof(
      user,
      calling.filter((turn) => turn.length > 1),
    ),
  )
  .map(([system, turns, last]) => [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    ...turns.flat(),
    ...last,
  ]);

/** The prompt's whole text, with its special tokens as text. */
export function rendered({ pieces }: Prompt): string {
  return pieces.map((piece) => (piece.type === "special" ? piece.token : piece.text)).join("");
}
