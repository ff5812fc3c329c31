/** A file of 500 lines in the prompt: a change of one line is asked for, made in the file, and the next one asked for. */
import { words } from "../words.ts";
import { ask, rested, user } from "./asking.ts";
import { type Measure, waits, withServer } from "./measure.ts";

const LINES = 500;
const LINE_TOKENS = 6;
/** What the change costs in writing: see editForms.ts. */
const REPLY_TOKENS = 87;

export const editing: Measure = ({ side, round }) =>
  withServer(side, async (server) => {
    const lines = Array.from({ length: LINES }, (_, i) => words(LINE_TOKENS, 10_000 * round + i));
    const change = (instruction: string) =>
      ask(server, [user(`${lines.join("\n")}\n\n${instruction}`)], { tokens: REPLY_TOKENS });
    const first = await change("Change line 250.");
    lines[249] = words(LINE_TOKENS, 10_000 * round + LINES);
    await rested(side);
    const second = await change("Change line 251.");
    return [
      { what: `one of ${LINES} lines changed: the whole reply`, value: first.firstMs + first.restMs, unit: "ms" },
      ...waits("the next change in that file", second),
    ];
  });
