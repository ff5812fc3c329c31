/** Grammars for replies with a required form: JSON by a schema, or tool calls. */
import type { Llama, LlamaGrammar } from "node-llama-cpp";
import type { CallFormat, Dialect } from "../../nemotron/dialect.ts";
import { EngineError, type RespondRequest } from "../engine.ts";
import { supportedSchema } from "./schemaForms.ts";

type ReplyForm = Pick<
  RespondRequest,
  "responseSchema" | "tools" | "toolChoice" | "singleCall" | "possibleCalls" | "orText"
>;

/** Undefined when the reply has no required form. Throws EngineError badSchema. */
export async function grammarFor(
  llama: Llama,
  dialect: Dialect,
  request: ReplyForm,
): Promise<LlamaGrammar | undefined> {
  if (request.toolChoice !== undefined) return callGrammar(llama, dialect.calls(request.tools ?? []), request);
  if (!request.responseSchema) return undefined;
  return llama.createGrammar({
    grammar: `root ::= json\n${await jsonRules(llama, supportedSchema(request.responseSchema))}`,
  });
}

/** A rule for a text that cannot become a call: it has no tag. */
const TEXT = "[^<\\x00-\\x20] [^<]*";

/**
 * A grammar for calls of existing tools, as JSON between the dialect's tags: `[{"name": …, "arguments": …}]`. All
 * dialects read this form.
 */
async function callGrammar(
  llama: Llama,
  { begin, end }: CallFormat,
  { tools = [], toolChoice, singleCall, possibleCalls = tools, orText = false }: ReplyForm,
): Promise<LlamaGrammar> {
  const wanted = possibleCalls.filter(({ name }) => typeof toolChoice !== "object" || toolChoice.name === name);
  if (wanted.length === 0 && orText) return llama.createGrammar({ grammar: `root ::= ${TEXT}` });
  if (wanted.length === 0) throw bad("there is no tool that could be called");
  const calls = wanted.map(({ name, parameters = {} }) => ({
    type: "object",
    properties: { name: { const: name }, arguments: supportedSchema({ type: "object", ...parameters }) },
  }));
  const limit = singleCall ? { maxItems: 1 } : {};
  const rules = await jsonRules(llama, { type: "array", items: { oneOf: calls }, minItems: 1, ...limit });
  return llama.createGrammar({ grammar: `root ::= "${begin}" json "${end}"${orText ? ` | ${TEXT}` : ""}\n${rules}` });
}

/**
 * The library's root rule ends in line breaks, for models that do not end their turns. Nemotron models end their turns.
 */
const JSON_ROOT = /^root ::= (.*) "\\n\\n\\n\\n" \[\\n\]\*$/m;

/** The rules of the library's grammar for a schema; the root rule is called `json`. Throws EngineError badSchema. */
async function jsonRules(llama: Llama, schema: object): Promise<string> {
  try {
    // The library's type for schemas is too deep to write here.
    const { grammar } = await llama.createGrammarForJsonSchema(schema as { type: "object" });
    return grammar.replace(JSON_ROOT, (_, whole: string) => `json ::= ${whole}`);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

const bad = (what: string) => new EngineError("badSchema", `The schema cannot be followed: ${what}.`);
