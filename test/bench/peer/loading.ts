/** The time until a model is loaded, and what it takes in memory then and after ten conversations. */
import { residentBytes } from "../../support/processes.ts";
import { words } from "../words.ts";
import { ask, type Message, rested, say, user } from "./asking.ts";
import { type Measure, mib, withServer } from "./measure.ts";

const CONVERSATIONS = 10;
const TURNS = 2;
const FIRST_TOKENS = 200;
const LENGTH = { tokens: 32 };

export const loading: Measure = ({ side, round }) =>
  withServer(side, async (server) => {
    const { firstMs } = await ask(server, [user(words(8, 30_000 + round))], { tokens: 1 });
    await rested(side);
    return [
      { what: "start to loaded", value: server.readyMs, unit: "ms" },
      { what: "start to the first token", value: server.readyMs + firstMs, unit: "ms" },
      // Weights that are mapped count when they have been used.
      { what: "resident after the first token", value: mib(residentBytes(side.pids())), unit: "MiB" },
    ];
  });

export const conversing: Measure = ({ side, shape, round }) =>
  withServer(side, async (server) => {
    for (let i = 0; i < CONVERSATIONS; i++) {
      const messages: Message[] = [];
      const seed = 40_000 + 1000 * round + 10 * i;
      for (let turn = 1; turn <= TURNS; turn++)
        await say(server, messages, turn === 1 ? words(FIRST_TOKENS, seed) : shape.message(turn, seed), LENGTH);
    }
    await rested(side);
    const value = mib(residentBytes(side.pids()));
    return [{ what: "resident after ten conversations", value, unit: "MiB" }];
  });
