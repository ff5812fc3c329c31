/** The first question after a restart of everything, with and without the saved state of its conversation. */
import { rmSync } from "node:fs";
import { type ChatResult, type Message, Method, type ModelInfo, type PrepareResult } from "../../server/protocol.ts";
import { Client } from "../support/client.ts";
import { temporaryStates } from "../support/savedStates.ts";
import { type Figure, round } from "./figures.ts";

/** Tokens of "Thanks!", its framing, and the boundaries. */
const MESSAGE_AND_SEAMS = 8 + 16;
const TEXT = Array.from({ length: 400 }, (_, i) => `value ${i}`).join("\n");

export async function restart(_: Client, info: ModelInfo): Promise<Figure[]> {
  const states = temporaryStates();
  const args = ["--model", info.path, "--gpu", info.backend === "cpu" ? "off" : info.backend, "--context", "32768"];
  const session = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = await Client.start({ args, env: { NEMOTRON_STATES_DIR: states.folder } });
    await client.until(({ type }) => type === "ready");
    // The system prompt is read as soon as a model is loaded; this waits for it.
    await client.request(Method.prepare, { messages: [{ role: "user", content: "" }] });
    return work(client).finally(() => client.stop());
  };
  const thinking = { mode: "off" } as const;
  const chat = (client: Client, messages: Message[]) =>
    client.chat({ messages, thinking, maxTokens: 64, conversation: "bench" });

  const messages: Message[] = [{ role: "user", content: TEXT }];
  await session(async (client) => {
    messages.push({ role: "assistant", content: (await chat(client, messages)).answer });
    const settled = { messages, thinking, conversation: "bench" };
    while ((await client.request<PrepareResult>(Method.prepare, settled)).interrupted);
  });
  messages.push({ role: "user", content: "Thanks!" });
  const kept: ChatResult = await session((client) => chat(client, messages));
  rmSync(states.folder, { recursive: true });
  const anew: ChatResult = await session((client) => chat(client, messages));
  states.remove();
  return [
    { what: "first question after a restart: its prompt", value: kept.usage.promptTokens, unit: "tokens" },
    {
      what: "first question after a restart: read",
      value: kept.usage.readTokens,
      unit: "tokens",
      target: `<= ${MESSAGE_AND_SEAMS}`,
      met: kept.usage.readTokens <= MESSAGE_AND_SEAMS,
    },
    { what: "the same, where nothing was kept", value: anew.usage.readTokens, unit: "tokens" },
    {
      what: "its first token, over that where nothing was kept",
      value: round(kept.usage.firstTokenMs / anew.usage.firstTokenMs),
      unit: "x",
    },
  ];
}
