/** A client hangs up while its long prompt is read. The next one must not wait for it. */
import { setTimeout } from "node:timers/promises";
import { words } from "../words.ts";
import { ask, user } from "./asking.ts";
import { type Measure, withServer } from "./measure.ts";

const LONG_TOKENS = 8000;
const SHORT_TOKENS = 8;

export const hangingUp: Measure = ({ side, shape, round }) =>
  withServer(side, async (server) => {
    const client = new AbortController();
    const long = ask(server, [user(words(LONG_TOKENS, 20_000 + round))], { tokens: 1 }, client.signal);
    const ended = long.then(
      () => true,
      () => false,
    );
    await setTimeout(shape.hangUpMs);
    client.abort();
    if (await ended) throw new Error("The prompt was read before the client could hang up.");
    const { firstMs } = await ask(server, [user(words(SHORT_TOKENS, round))], { tokens: 1 });
    return [{ what: "after a client hung up in reading: first token of the next", value: firstMs, unit: "ms" }];
  });
