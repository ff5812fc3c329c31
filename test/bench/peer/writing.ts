/** How fast a long reply comes, as a client sees it over HTTP. */
import { median } from "../figures.ts";
import { ask, user } from "./asking.ts";
import { type Measure, withServer } from "./measure.ts";

export const writing: Measure = ({ side, shape }) =>
  withServer(side, async (server) => {
    const { message, tokens } = shape.long;
    const times: number[] = [];
    for (let i = 0; i < shape.repeats; i++) {
      const { restMs, replyTokens } = await ask(server, [user(message)], { tokens });
      times.push(restMs / (replyTokens - 1));
    }
    const ms = median(times);
    return [
      { what: "a long reply", value: 1000 / ms, unit: "tokens/s" },
      { what: "each of its tokens", value: ms, unit: "ms" },
    ];
  });
