/** What holds for all tests, however they are started: properties are tried with the same cases each time. */
import fc from "fast-check";

/** Another seed finds other cases: `NEMOTRON_FUZZ_SEED=7 npx mocha …`. */
fc.configureGlobal({ seed: Number(process.env.NEMOTRON_FUZZ_SEED ?? 1) });

/** Replies are compared to the last bit, so prompts are read in chunks that allow it (server/engine/process/chunks.ts). */
process.env.NEMOTRON_EXACT_READING ??= "1";
