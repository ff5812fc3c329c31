/** How long a user waits for the first token of a follow-up, thinking on. */
import type { Figure } from "../figures.ts";
import { type Message, rested, say } from "./asking.ts";
import { type Measure, waits, withServer } from "./measure.ts";

const TURNS = 3;
const LENGTH = { tokens: 96, thinks: true };

export const followingUp: Measure = ({ side, shape, round }) =>
  withServer(side, async (server) => {
    const conversation = async (when: string, seed: number, wait: () => Promise<void>) => {
      const messages: Message[] = [];
      const figures: Figure[] = [];
      for (let turn = 1; turn <= TURNS; turn++) {
        const reply = await say(server, messages, shape.message(turn, seed), LENGTH);
        // A follow-up to an empty answer would be read too soon to compare.
        if (reply.answer === "") throw new Error("The budget did not end the thought: there is no answer.");
        if (turn > 1) figures.push(...waits(`follow-up ${when}, turn ${turn}`, reply));
        await wait();
      }
      return figures;
    };
    const afterIdle = await conversation("after idle", 100 * round, () => rested(side));
    const atOnce = await conversation("at once", 100 * round + 50, async () => {});
    return [...afterIdle, ...atOnce];
  });
