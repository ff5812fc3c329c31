/**
 * Time for each token at an HTTP client, compared with the language client of the same server, for the same reply in
 * the same run.
 */
import { Method, type StartEndpointResult } from "../../server/protocol.ts";
import type { Client } from "../support/client.ts";
import { type Figure, median, round } from "./figures.ts";
import { atLanguageClient, PROMPT } from "./overhead.ts";
import { streamedReply } from "./streamedReply.ts";

const PAIRS = 9;
const TARGET_MS = 0.1;

/** From the first streamed text to the end of the reply, as a program that reads the stream sees it. */
async function atHttpClient(url: string): Promise<number> {
  const { restMs, replyTokens } = await streamedReply(url, {
    messages: [{ role: "user", content: PROMPT }],
    temperature: 0,
    chat_template_kwargs: { enable_thinking: false },
  });
  return restMs / (replyTokens - 1);
}

export async function endpoint(client: Client): Promise<Figure[]> {
  const { url } = await client.request<StartEndpointResult>(Method.startEndpoint, { port: 0 });
  const pairs: { lsp: number; http: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair++)
    pairs.push({ lsp: await atLanguageClient(client), http: await atHttpClient(url) });
  await client.request(Method.stopEndpoint, {});
  const over = round(median(pairs.map(({ lsp, http }) => http - lsp)), 3);
  return [
    { what: "at an HTTP client", value: round(median(pairs.map(({ http }) => http)), 3), unit: "ms a token" },
    {
      what: "over the language client, median of pairs",
      value: over,
      unit: "ms a token",
      target: `< ${TARGET_MS}`,
      met: over < TARGET_MS,
    },
  ];
}
