/** Two conversations in turns: each continues where the other has been in between. */
import type { Figure } from "../figures.ts";
import type { StreamedReply } from "../streamedReply.ts";
import { words } from "../words.ts";
import { type Message, rested, say } from "./asking.ts";
import { type Measure, waits, withServer } from "./measure.ts";

const TURNS = 3;
const FIRST_TOKENS = 400;
const LENGTH = { tokens: 32 };

export const takingTurns: Measure = ({ side, shape, round }) =>
  withServer(side, async (server) => {
    const figures: Figure[] = [];
    const conversations: Message[][] = [[], []];
    for (let turn = 1; turn <= TURNS; turn++) {
      const replies: StreamedReply[] = [];
      for (const [i, messages] of conversations.entries()) {
        const seed = 1000 * round + 100 * i;
        const message = turn === 1 ? words(FIRST_TOKENS, seed) : shape.message(turn, seed);
        replies.push(await say(server, messages, message, LENGTH));
        await rested(side);
      }
      if (turn > 1) figures.push(...waits(`two conversations in turns, turn ${turn}`, ...replies));
    }
    return figures;
  });
