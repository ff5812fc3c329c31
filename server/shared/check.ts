/** Checks input from outside with zod schemas that are tied to the protocol's types. The errors name the field. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import * as z from "zod";
import { isDeeper, MAX_DEPTH } from "./depth.ts";

/** A schema for each field of T. A schema that is missing or has another type does not compile. */
type Fields<T> = { [K in keyof T]-?: z.ZodType<T[K]> };

/** A schema for an object with these fields. Further fields are kept unchecked. */
export const object = <T>(fields: Fields<T>): z.ZodType<T> => z.looseObject(fields) as unknown as z.ZodType<T>;

/** Words for zod's names of types. */
const TYPES: Record<string, string> = {
  string: "a text",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** zod's error map: says what a wrong value must be. Undefined keeps zod's own message. */
export function expected(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") return `must be ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  return undefined;
}

/** A path as text, for example `messages[0].role`; "" for the whole value. */
export function fieldName(path: readonly PropertyKey[]): string {
  const keys = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return keys.join("").replace(/^\./, "");
}

/** Returns the checked parameters. Throws ResponseError InvalidParams, which names the field. */
export function checkParams<T>(schema: z.ZodType<T>, params: unknown): T {
  // There are lists and objects around a tool call's arguments.
  if (isDeeper(params, 2 * MAX_DEPTH))
    throw new ResponseError(ErrorCodes.InvalidParams, "Invalid params: they are nested too deeply.");
  const { success, data, error } = schema.safeParse(params, { error: expected });
  if (success) return data;
  throw new ResponseError(ErrorCodes.InvalidParams, `Invalid params: ${issueMessage(error.issues[0]!)}.`);
}

/** What is wrong, for example `messages[0].role must be a text`. */
export const issueMessage = ({ path, message }: z.core.$ZodIssue): string => `${fieldName(path) || "they"} ${message}`;
