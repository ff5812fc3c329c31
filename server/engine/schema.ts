/** Grammars for replies that have to have a form: JSON by a schema, or calls of tools. */
import type { Llama, LlamaGrammar } from "node-llama-cpp";
import { END_TOOL_CALL, TOOL_CALL } from "../nemotron/tags.ts";
import { EngineError, type RespondRequest } from "./engine.ts";
import { followable } from "./schemaForms.ts";

type Formed = Pick<RespondRequest, "responseSchema" | "tools" | "toolChoice" | "singleCall">;

/** Undefined where the reply is free. Throws EngineError badSchema. */
export async function grammarFor(llama: Llama, request: Formed): Promise<LlamaGrammar | undefined> {
  if (request.toolChoice !== undefined) return callGrammar(llama, request);
  if (!request.responseSchema) return undefined;
  return llama.createGrammar({
    grammar: `root ::= json\n${await jsonRules(llama, followable(request.responseSchema))}`,
  });
}

/** Calls as the model writes them, `<TOOLCALL>[{"name": …, "arguments": …}]</TOOLCALL>`, of tools that there are. */
async function callGrammar(llama: Llama, { tools = [], toolChoice, singleCall }: Formed): Promise<LlamaGrammar> {
  const wanted = tools.filter(({ name }) => typeof toolChoice !== "object" || toolChoice.name === name);
  if (wanted.length === 0) throw bad("there is no tool that could be called");
  const calls = wanted.map(({ name, parameters = {} }) => ({
    type: "object",
    properties: { name: { const: name }, arguments: followable({ type: "object", ...parameters }) },
  }));
  const most = singleCall ? { maxItems: 1 } : {};
  const rules = await jsonRules(llama, { type: "array", items: { oneOf: calls }, minItems: 1, ...most });
  return llama.createGrammar({ grammar: `root ::= "${TOOL_CALL}" json "${END_TOOL_CALL}"\n${rules}` });
}

/**
 * The library's grammar begins with the rule of the whole, which ends in line breaks for models to stop at that do not end
 * their turns. Ours do.
 */
const JSON_ROOT = /^root ::= (.*) "\\n\\n\\n\\n" \[\\n\]\*$/m;

/** The rules of the library's grammar for a schema, the whole of it as `json`. Throws EngineError badSchema. */
async function jsonRules(llama: Llama, schema: object): Promise<string> {
  try {
    // The library's type for schemas is far too deep to be stated here.
    const { grammar } = await llama.createGrammarForJsonSchema(schema as { type: "object" });
    return grammar.replace(JSON_ROOT, (_, whole: string) => `json ::= ${whole}`);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

const bad = (what: string) => new EngineError("badSchema", `The schema cannot be followed: ${what}.`);
