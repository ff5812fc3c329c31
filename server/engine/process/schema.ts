/** Replies with a required form: JSON by a schema, or tool calls. */
import type { Llama, LlamaGrammar } from "node-llama-cpp";
import type { CallFormat, Dialect } from "../../nemotron/dialect.ts";
import { EngineError, type RespondRequest } from "../engine.ts";
import { CallGuide, replyForms } from "./callForm.ts";
import { callGrammar } from "./callGrammar.ts";
import { supportedSchema } from "./schemaForms.ts";

type ReplyForm = Pick<
  RespondRequest,
  "responseSchema" | "tools" | "toolChoice" | "singleCall" | "possibleCalls" | "orText"
>;

/** What confines a reply. `guide`: for calls in this format, knows what need not be sampled. */
export type RequiredForm = { grammar: LlamaGrammar; guide?: CallGuide; format?: CallFormat };

/** Undefined when the reply has no required form. Throws EngineError badSchema. */
export async function requiredForm(
  llama: Llama,
  dialect: Dialect,
  request: ReplyForm,
): Promise<RequiredForm | undefined> {
  if (request.toolChoice !== undefined) return callForm(llama, dialect.calls(request.tools ?? []), request);
  if (!request.responseSchema) return undefined;
  const rules = await jsonRules(llama, supportedSchema(request.responseSchema));
  return { grammar: await llama.createGrammar({ grammar: `root ::= json\n${rules}` }) };
}

/**
 * Calls of existing tools, as JSON between the dialect's tags: `[{"name": …, "arguments": …}]`. All dialects read this
 * form.
 */
async function callForm(
  llama: Llama,
  format: CallFormat,
  { tools = [], toolChoice, singleCall: single = false, possibleCalls = tools, orText = false }: ReplyForm,
): Promise<RequiredForm> {
  const calls = possibleCalls.filter(({ name }) => typeof toolChoice !== "object" || toolChoice.name === name);
  if (calls.length === 0 && !orText) throw bad("there is no tool that could be called");
  const forms = replyForms(format, { calls, single, orText });
  const grammar = await callGrammar(forms, (schema) => jsonRules(llama, { ...schema }));
  return { grammar: await llama.createGrammar({ grammar }), guide: new CallGuide(forms), format };
}

/**
 * The library's root rule ends in line breaks, for models that do not end their turns. Nemotron models end their turns.
 */
const JSON_ROOT = /^root ::= (.*) "\\n\\n\\n\\n" \[\\n\]\*$/m;

/** The rules of the library's grammar for a schema; the root rule is called `json`. Throws EngineError badSchema. */
async function jsonRules(llama: Llama, { $defs, ...schema }: Record<string, unknown>): Promise<string> {
  // A rule of its own: in the root rule, llama.cpp refuses strings of many characters.
  const inner = { ...($defs !== undefined && { $defs }), oneOf: [schema] };
  try {
    // The library's type for schemas is too deep to write here.
    const { grammar } = await llama.createGrammarForJsonSchema(inner as unknown as { type: "object" });
    return grammar.replace(JSON_ROOT, (_, whole: string) => `json ::= ${whole}`);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

const bad = (what: string) => new EngineError("badSchema", `The schema cannot be followed: ${what}.`);
