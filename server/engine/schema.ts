/** Response schemas: the library takes what it does not understand for "anything", so it is looked at before. */
import type { Llama, LlamaGrammar } from "node-llama-cpp";
import { EngineError } from "./engine.ts";

const TYPES = ["string", "number", "integer", "boolean", "null", "object", "array"];

/** A grammar for JSON that follows the schema. Throws EngineError badSchema. */
export async function grammarFor(llama: Llama, schema: object): Promise<LlamaGrammar> {
  check(schema, "the schema");
  try {
    // The library's type for schemas is far too deep to be stated here.
    return await llama.createGrammarForJsonSchema(schema as { type: "object" });
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

function check(schema: unknown, where: string): void {
  if (typeof schema === "boolean") return;
  if (!isObject(schema)) throw bad(`${where} must be an object`);
  for (const type of [schema.type ?? []].flat())
    if (!TYPES.includes(type as string)) throw bad(`${where} has the unknown type ${JSON.stringify(type)}`);
  for (const key of ["properties", "$defs"]) {
    if (schema[key] === undefined) continue;
    if (!isObject(schema[key])) throw bad(`${key} of ${where} must be an object`);
    for (const [name, part] of Object.entries(schema[key])) check(part, `${key}.${name}`);
  }
  for (const key of ["items", "additionalProperties"])
    if (schema[key] !== undefined) check(schema[key], `${key} of ${where}`);
  for (const key of ["anyOf", "oneOf", "prefixItems"])
    for (const part of [schema[key] ?? []].flat()) check(part, `${key} of ${where}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const bad = (what: string) => new EngineError("badSchema", `The response schema cannot be used: ${what}.`);
