/** What llama-server cannot do: share a model with a second window, and continue after a restart. */
import { proportionalBytes } from "../../support/processes.ts";
import { words } from "../words.ts";
import { ask, type Message, rested, say, user } from "./asking.ts";
import { type Measure, mib, waits, withServer } from "./measure.ts";

const FIRST_TOKENS = 1000;
const LENGTH = { tokens: 32 };

export const secondWindow: Measure = ({ side, round }) =>
  withServer(side, async (first) => {
    await ask(first, [user(words(8, 50_000 + round))], { tokens: 1 });
    await rested(side);
    const before = proportionalBytes(side.pids());
    return withServer(side, async (second) => {
      const { firstMs } = await ask(second, [user(words(8, 60_000 + round))], { tokens: 1 });
      await rested(side);
      return [
        { what: "a second server beside it: start to its first token", value: second.readyMs + firstMs, unit: "ms" },
        { what: "memory that it takes more", value: mib(proportionalBytes(side.pids()) - before), unit: "MiB" },
      ];
    });
  });

export const restarting: Measure = async ({ side, shape, round }) => {
  const messages: Message[] = [];
  await withServer(side, async (server) => {
    await say(server, messages, words(FIRST_TOKENS, 70_000 + round), LENGTH);
    // A question without a follow-up may be a program's only one: ours keeps a conversation from its second turn on.
    await say(server, messages, shape.message(2, 80_000 + round), LENGTH);
    await rested(side);
  });
  return withServer(side, async (server) => {
    const reply = await say(server, messages, shape.message(3, 80_000 + round), LENGTH);
    return waits("a follow-up after everything was started again", reply);
  });
};
