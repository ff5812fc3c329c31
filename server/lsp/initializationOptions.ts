import type { z } from "zod";
import type { InitializationOptions } from "../protocol.ts";
import { expected, issueMessage } from "../shared/check.ts";
import { initializationOptions } from "./schemas.ts";

/** Reads the options. Invalid ones are logged and left out, so that the client still gets its model. */
export function readOptions(options: unknown, warn: (message: string) => void): InitializationOptions {
  const { success, data, error } = initializationOptions.safeParse(options, { error: expected });
  if (success) return data;
  for (const issue of error.issues) warn(`Invalid initializationOptions: ${issueMessage(issue)}.`);
  return readOptions(without(options, error.issues), warn);
}

function without(options: unknown, issues: z.core.$ZodIssue[]): object {
  const wrong = new Set(issues.map(({ path }) => path[0]));
  // The options are not an object.
  if (wrong.has(undefined)) return {};
  return Object.fromEntries(Object.entries(options as object).filter(([name]) => !wrong.has(name)));
}
