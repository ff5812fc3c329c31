/** How what comes from outside is checked: by zod schemas that are tied to the protocol's types, with errors that name the field. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import * as z from "zod";

/** A schema for each field of T. One that is missing, or is of another type, does not compile. */
type Fields<T> = { [K in keyof T]-?: z.ZodType<T[K]> };

/** An object with these fields. Others are let pass. */
export const object = <T>(fields: Fields<T>): z.ZodType<T> => z.looseObject(fields) as unknown as z.ZodType<T>;

/** The names of types as JSON has them. */
const TYPES: Record<string, string> = {
  string: "a text",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What a value of the wrong type must be, where the schema itself does not say it. */
export function expected(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") return `must be ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  return undefined;
}

/** `messages[0].role`; "" for the whole. */
export function fieldName(path: readonly PropertyKey[]): string {
  const keys = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return keys.join("").replace(/^\./, "");
}

/** Throws ResponseError InvalidParams, which names the field. */
export function checkParams<T>(schema: z.ZodType<T>, params: unknown): T {
  const { success, data, error } = schema.safeParse(params, { error: expected });
  if (success) return data;
  throw new ResponseError(ErrorCodes.InvalidParams, `Invalid params: ${complaint(error.issues[0]!)}.`);
}

/** `messages[0].role must be a text` */
export const complaint = ({ path, message }: z.core.$ZodIssue): string => `${fieldName(path) || "they"} ${message}`;
