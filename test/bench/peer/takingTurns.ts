/** Two conversations in turns: each continues where the other has been in between. */
import { median } from "../figures.ts";
import { words } from "../words.ts";
import { type Message, rested, say } from "./asking.ts";
import { type Measure, withServer } from "./measure.ts";

const TURNS = 3;
const FIRST_TOKENS = 400;
const LENGTH = { tokens: 32 };

export const takingTurns: Measure = ({ side, shape, round }) =>
  withServer(side, async (server) => {
    const times: number[] = [];
    const conversations: Message[][] = [[], []];
    for (let turn = 1; turn <= TURNS; turn++)
      for (const [i, messages] of conversations.entries()) {
        const seed = 1000 * round + 100 * i;
        const message = turn === 1 ? words(FIRST_TOKENS, seed) : shape.message(turn, seed);
        const { firstMs } = await say(server, messages, message, LENGTH);
        if (turn > 1) times.push(firstMs);
        await rested(side);
      }
    return [{ what: "two conversations in turns: first token", value: median(times), unit: "ms" }];
  });
