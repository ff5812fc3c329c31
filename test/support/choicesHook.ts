/** Loaded into the engine process first, with `node --import`: see choices.ts. */
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { type Choice, record } from "./choices.ts";

if (process.argv[1]?.endsWith("/engine.mjs")) {
  const { LlamaContextSequence: sequences } = await import("node-llama-cpp");
  sequences.prototype.evaluate = recorded;
}

/** Like the library's `evaluate`, which has no probabilities. */
async function* recorded(
  this: LlamaContextSequence,
  ...[tokens, options]: Parameters<LlamaContextSequence["evaluate"]>
): ReturnType<LlamaContextSequence["evaluate"]> {
  const choices: Choice[] = [];
  const iterator = this.evaluateWithMetadata(tokens, { probabilities: true }, options);
  let instead: undefined | Token | Token[];
  try {
    for (;;) {
      const { value, done } = await iterator.next(instead);
      if (done) return;
      const [best = 0, second = 0] = [...value.probabilities.values()].toSorted((a, b) => b - a);
      choices.push({ token: value.token, lead: best - second });
      instead = (yield value.token) ?? undefined;
    }
  } finally {
    await iterator.return();
    record(choices);
  }
}
