/** Checks the JSON bodies of requests. Errors name the parameter. */
import * as z from "zod";
import { expected, fieldName } from "../../shared/check.ts";
import { isDeeper } from "../../shared/depth.ts";
import { ApiError } from "./errors.ts";

const MISSING = "is missing";
/** `what` is the message for a wrong value; an absent value is reported as missing. */
export const orMissing = (what: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? MISSING : what),
});
/** The same for a union of objects, in which the field says which object it is. */
export const withField = (field: string, what: string) => ({
  error: ({ input }: { input?: unknown }) =>
    typeof input === "object" && input !== null && !(field in input) ? MISSING : what,
});
/** A name of a function. */
export const name = z.string().min(1).max(128);
/** A number of tokens. */
export const count = z.int().min(1);

/** The body, checked. Throws ApiError 400 that names the parameter. */
export function checkBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const { data, error } = schema.safeParse(body, {
    error: (issue) => (issue.input === undefined ? MISSING : expected(issue)),
  });
  if (data) return data;
  const [issue] = error!.issues;
  const param = fieldName(issue?.path ?? []);
  const what = issue?.message ?? "is not valid";
  if (param === "") throw new ApiError(400, `Invalid request: the body ${what}.`, { code: "invalid_value" });
  if (what === MISSING) throw new ApiError(400, `${param} is missing.`, { param, code: "missing_required_parameter" });
  throw invalid(param, what);
}

/** A parameter whose value cannot be used; `what` says what it must be. */
export function invalid(param: string, what: string): ApiError {
  return new ApiError(400, `Invalid value for ${param}: ${what}.`, { param, code: "invalid_value" });
}

/** Throws ApiError 400. @param depth how deeply lists and objects may be nested. */
export function parseJson(text: string, depth: number): unknown {
  if (text.trim() === "") throw new ApiError(400, "The body is empty. Send a JSON object.", { code: "invalid_json" });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? `: ${error.message}` : "";
    throw new ApiError(400, `The body is not valid JSON${why}.`, { code: "invalid_json" });
  }
  if (isDeeper(value, depth))
    throw new ApiError(400, `The body is nested too deeply: more than ${depth} lists and objects in one another.`, {
      code: "invalid_json",
    });
  return value;
}

/** A field that must be a text. Throws ApiError 400. @param param the parameter that `from` is the value of. */
export function textField(from: object, key: string, param: string): string {
  const value: unknown = Object.hasOwn(from, key) ? from[key as keyof typeof from] : undefined;
  if (typeof value !== "string") throw invalid(`${param}.${key}`, "must be a text");
  return value;
}
