/**
 * Converts JSON schemas to the forms that the library's grammars support: the library silently takes anything else as
 * "null" or as "anything". Unsupported keywords are refused. `pattern`, numeric ranges and most formats are ignored.
 */
import { EngineError } from "../engine.ts";

type Schema = Record<string, unknown>;

/** These keywords change the meaning of the whole schema, so they cannot be ignored. */
const REFUSED = [
  "not",
  "if",
  "then",
  "else",
  "patternProperties",
  "dependentSchemas",
  "contains",
  "unevaluatedProperties",
];
const TYPES = ["string", "number", "integer", "boolean", "null", "object", "array"];
const FORMATS = ["date-time", "date", "time"];
const MAX_DEPTH = 48;
/** Maximum size of a schema as JSON, characters. Grammars grow with it. */
const MAX_CHARS = 128 * 1024;
/** Maximum repetition count. llama.cpp expands repetitions one by one. */
const MAX_REPETITIONS = 2000;

const ANY = {
  oneOf: [
    { type: "object", additionalProperties: true },
    { type: "array" },
    { type: ["string", "number", "boolean", "null"] },
  ],
};

/** Throws EngineError badSchema, which names the place. */
export function supportedSchema(schema: unknown): Schema {
  if (!isObject(schema)) throw bad("it must be an object");
  const { $defs, definitions, ...root } = schema;
  const defs = { ...named(definitions, "definitions"), ...named($defs, "$defs") };
  const context = { defs: new Set(Object.keys(defs)) };
  const known = Object.entries(defs).map(([name, def]) => [name, convert(def, `$defs.${name}`, 1, context)]);
  const result = convert(root, "", 0, context);
  const whole = known.length > 0 ? { ...result, $defs: Object.fromEntries(known) } : result;
  if (JSON.stringify(whole).length > MAX_CHARS) throw bad("it is too large");
  return whole;
}

type Context = { defs: Set<string> };

function convert(schema: unknown, at: string, depth: number, context: Context): Schema {
  if (depth > MAX_DEPTH) throw bad(`${place(at)} is nested too deeply`);
  if (schema === true) return ANY;
  if (!isObject(schema)) throw bad(`${place(at)} must be an object`);
  const refused = REFUSED.find((key) => key in schema);
  if (refused) throw bad(`${place(at)} uses "${refused}"`);
  if (schema.$ref !== undefined) return reference(schema.$ref, at, context);
  if (schema.const !== undefined) return { const: schema.const };
  if (schema.enum !== undefined) return { enum: list(schema.enum, `enum of ${place(at)}`) };
  const within = (part: unknown, name: string) => convert(part, at ? `${at}.${name}` : name, depth + 1, context);
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) {
    if (schema.properties ?? schema.items) throw bad(`${place(at)} has alternatives beside properties or items`);
    return { oneOf: list(union, `anyOf of ${place(at)}`).map((part, i) => within(part, `anyOf.${i}`)) };
  }
  if (schema.allOf !== undefined) {
    const [only, ...more] = list(schema.allOf, `allOf of ${place(at)}`);
    if (more.length > 0 || !isObject(only)) throw bad(`${place(at)} uses "allOf" with more than one schema`);
    const { allOf: _, ...rest } = schema;
    return convert({ ...rest, ...only }, at, depth + 1, context);
  }
  const types = typesOf(schema, at);
  if (types.length === 0) return ANY;
  const forms = types.map((type) => ofType(type, schema, at, within));
  return forms.length === 1 ? forms[0]! : { oneOf: forms };
}

/** Empty: any type. */
function typesOf(schema: Schema, at: string): string[] {
  if (schema.type === undefined) {
    if (schema.properties ?? schema.additionalProperties) return ["object"];
    return (schema.items ?? schema.prefixItems) ? ["array"] : [];
  }
  const types = list([schema.type].flat(), `type of ${place(at)}`);
  for (const type of types)
    if (!TYPES.includes(type as string)) throw bad(`${place(at)} has the unknown type ${JSON.stringify(type)}`);
  return types as string[];
}

type Within = (part: unknown, name: string) => Schema;

function ofType(type: string, schema: Schema, at: string, within: Within): Schema {
  const counts = (...keys: string[]) => Object.fromEntries(keys.flatMap((key) => count(schema, key, at)));
  switch (type) {
    case "object": {
      const properties = Object.entries(named(schema.properties, `properties of ${place(at)}`));
      const others = schema.additionalProperties ?? properties.length === 0;
      return {
        type,
        properties: Object.fromEntries(properties.map(([name, part]) => [name, within(part, name)])),
        additionalProperties: typeof others === "boolean" ? others : within(others, "additionalProperties"),
        ...counts("minProperties", "maxProperties"),
      };
    }
    case "array": {
      const { items, prefixItems } = schema;
      const first = prefixItems === undefined ? undefined : list(prefixItems, `prefixItems of ${place(at)}`);
      return {
        type,
        ...(items !== undefined && items !== false && { items: within(items, "items") }),
        ...(first && { prefixItems: first.map((part, i) => within(part, `prefixItems.${i}`)) }),
        ...counts("minItems", "maxItems"),
        ...(items === false && { maxItems: first?.length ?? 0 }),
      };
    }
    case "string":
      if (FORMATS.includes(schema.format as string)) return { type, format: schema.format };
      return { type, ...counts("minLength", "maxLength") };
    default:
      return { type };
  }
}

function reference(ref: unknown, at: string, { defs }: Context): Schema {
  const [, name] = (typeof ref === "string" && /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(ref)) || [];
  if (name === undefined || !defs.has(name))
    throw bad(`${place(at)} refers to ${JSON.stringify(ref)}, which is not in $defs`);
  return { $ref: `#/$defs/${name}` };
}

function count(schema: Schema, key: string, at: string): [string, number][] {
  const value = schema[key];
  if (value === undefined) return [];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > MAX_REPETITIONS)
    throw bad(`${key} of ${place(at)} must be a whole number up to ${MAX_REPETITIONS}`);
  return [[key, value]];
}

function named(value: unknown, what: string): Schema {
  if (value === undefined) return {};
  if (!isObject(value)) throw bad(`${what} must be an object`);
  return value;
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw bad(`${what} must be a list that is not empty`);
  return value;
}

const place = (at: string) => (at === "" ? "the schema" : at);

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const bad = (what: string) => new EngineError("badSchema", `The schema cannot be followed: ${what}.`);
