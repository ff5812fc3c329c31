/** Runs the suite inside the extension host, in a process of its own: `inside.mjs [-g PATTERN]`. */
import { parseArgs } from "node:util";
import type { Counts } from "../parts.ts";
import { runInside } from "./host/extensionHost.ts";

const { values } = parseArgs({ options: { grep: { type: "string", short: "g" } } });

// The process that waits for it has ended.
process.once("disconnect", () => process.exit(1));
/** A run without results counts as a failure. */
const { passed, failed } = await runInside(values.grep).catch((error: unknown) => {
  console.error(error);
  return { passed: 0, failed: 1 };
});
process.send?.({ inside: { passed, failed, seconds: performance.now() / 1000 } } satisfies Counts, () =>
  process.exit(0),
);
