/** The time from a cancel until the model is free again. */
import { Method, type Status } from "../../server/protocol.ts";
import { type Client, idle } from "../support/client.ts";
import { type Figure, median, round } from "./figures.ts";

const RUNS = 7;
/** Reading a chunk takes at most 150 ms. The rest is for the messages there and back. */
const TARGET_MS = 170;

async function once(client: Client, params: object, when: string): Promise<number> {
  let cancelled = 0;
  const chat = client.stream(Method.chat, params, ({ type }) => {
    if (cancelled > 0 || type !== when) return;
    cancelled = performance.now();
    chat.cancel();
  });
  await chat.result.catch(() => {});
  if (cancelled === 0) throw new Error("There was nothing to cancel.");
  await client.until((status: Status) => status.type === "ready");
  return performance.now() - cancelled;
}

export async function cancelling(client: Client): Promise<Figure[]> {
  const reading: number[] = [];
  const generating: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const words = `${run} ${"word ".repeat(14_000)}`;
    reading.push(await once(client, { messages: [{ role: "user", content: words }] }, "reading"));
    const long = { messages: [{ role: "user", content: "Think for a long time." }], thinking: { mode: "on" } };
    generating.push(await once(client, long, "thought"));
    await idle(50);
  }
  const figure = (what: string, values: number[]): Figure => {
    const value = round(median(values), 1);
    return { what: `cancel to idle, ${what}`, value, unit: "ms", target: `<= ${TARGET_MS}`, met: value <= TARGET_MS };
  };
  return [figure("in reading", reading), figure("in generation", generating)];
}
