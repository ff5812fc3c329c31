/** The cost of writing a change of one line among 500: as blocks, and as a rewrite of all lines. */
import { markersFor } from "../../server/features/text/blocks.ts";
import { fence } from "../../server/features/text/prompts.ts";
import { type CountResult, Method } from "../../server/protocol.ts";
import type { Client } from "../support/client.ts";
import type { Figure } from "./figures.ts";

const LINES = 500;
/** Tokens of the markers and the fence, for any model. */
const FRAME_TOKENS = 64;

export async function editForms(client: Client): Promise<Figure[]> {
  const lines = Array.from({ length: LINES }, (_, i) => `  const total${i} = sum(items, ${i}) + tax(${i});`);
  const [before, after] = [lines[250]!, lines[250]!.replace("tax", "taxOf")];
  const text = lines.join("\n");
  const { search, separator, replace } = markersFor(text);
  const block = [search, before, separator, after, replace].join("\n");
  // Counted one by one: these are replies, and a conversation must end with a user's message.
  const count = async (content: string) => {
    const { messages } = await client.request<CountResult>(Method.count, { messages: [{ role: "user", content }] });
    return messages[0]!;
  };
  const whole = await count(fence(text.replace(before, after), "typescript"));
  const blocks = await count(fence(block, "typescript"));
  const change = await count(`${before}\n${after}`);
  return [
    { what: `one line of ${LINES} changed, all written anew`, value: whole, unit: "tokens" },
    {
      what: `one line of ${LINES} changed, by blocks`,
      value: blocks,
      unit: "tokens",
      target: `<= ${change + FRAME_TOKENS}, the line twice + ${FRAME_TOKENS}`,
      met: blocks <= change + FRAME_TOKENS,
    },
  ];
}
