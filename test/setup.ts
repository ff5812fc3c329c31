/** Settings for all tests, however they are started. Property tests use the same cases each time. */
import fc from "fast-check";

/** Another seed tries other cases: `NEMOTRON_FUZZ_SEED=7 npx mocha …`. */
fc.configureGlobal({ seed: Number(process.env.NEMOTRON_FUZZ_SEED ?? 1) });

/** Tests compare replies to the last bit, so prompts are read in chunks that allow it (engine/process/chunks.ts). */
process.env.NEMOTRON_EXACT_READING ??= "1";
