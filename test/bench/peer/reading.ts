/** How fast a prompt is read of which nothing is known. */
import type { Figure } from "../figures.ts";
import { words } from "../words.ts";
import { ask, user } from "./asking.ts";
import type { Measure } from "./measure.ts";
import { withServer } from "./measure.ts";

/** @param sizes of the prompts, tokens, one after the other on the same server. */
export const reading =
  (...sizes: number[]): Measure =>
  ({ side, round }) =>
    withServer(side, async (server) => {
      const figures: Figure[] = [];
      for (const size of sizes) {
        const { firstMs, readTokens } = await ask(server, [user(words(size, size + round))], { tokens: 1 });
        figures.push({ what: coldPrompt(size), value: readTokens / (firstMs / 1000), unit: "tokens/s" });
      }
      return figures;
    });

const coldPrompt = (size: number) => `cold prompt of ${size.toLocaleString("en-US")} tokens`;
