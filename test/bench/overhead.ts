/**
 * Time for each token at the language client, compared with the bare library's loop on the same model in the same run.
 */
import type { ChatResult, ModelInfo } from "../../server/protocol.ts";
import { Method } from "../../server/protocol.ts";
import type { Client } from "../support/client.ts";
import { bareLibrary } from "./bareLibrary.ts";
import { type Figure, median, round } from "./figures.ts";

const PAIRS = 9;
const TARGET_MS = 0.2;
export const PROMPT = "Count to one hundred.";

/** The product's time: from the first streamed token to the end of the reply, as the client sees it. */
export async function atLanguageClient(client: Client): Promise<number> {
  let first = 0;
  const params = {
    messages: [{ role: "user", content: PROMPT }],
    thinking: { mode: "off" },
    sampling: { temperature: 0 },
  };
  const { result } = client.stream<ChatResult>(Method.chat, params, ({ type }) => {
    if (type === "answer") first ||= performance.now();
  });
  const { usage } = await result;
  return (performance.now() - first) / (usage.answerTokens - 1);
}

export async function overhead(client: Client, info: ModelInfo): Promise<Figure[]> {
  const library = await bareLibrary(info);
  const pairs: { ours: number; bare: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair++)
    pairs.push({ bare: await library.loop(), ours: await atLanguageClient(client) });
  library.stop();
  const over = round(median(pairs.map((pair) => pair.ours - pair.bare)), 3);
  return [
    { what: "bare evaluate loop", value: round(median(pairs.map((pair) => pair.bare)), 3), unit: "ms a token" },
    { what: "at the language client", value: round(median(pairs.map((pair) => pair.ours)), 3), unit: "ms a token" },
    {
      what: "overhead, median of pairs",
      value: over,
      unit: "ms a token",
      target: `< ${TARGET_MS}`,
      met: over < TARGET_MS,
    },
  ];
}
