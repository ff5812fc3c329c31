/** Tools in the Nemotron 3 dialect: XML-like, with the words of its published template. */

import type { Tool, ToolCall } from "../../protocol.ts";
import { MAX_DEPTH, parseJson } from "../../shared/depth.ts";
import type { CallFormat } from "../dialect.ts";
import { pythonJson, pythonString } from "../pythonJson.ts";
import { parseToolCalls } from "../toolCalls.ts";
import { Nemotron3CallStream } from "./nemotron3CallStream.ts";

/** The tags of a call. */
export const BEGIN_CALL = "<tool_call>";
export const END_CALL = "</tool_call>";

/** The text of the template after the list of functions. */
export const HOW_TO_CALL = `If you choose to call a function ONLY reply in the following format with NO suffix:

<tool_call>
<function=example_function_name>
<parameter=example_parameter_1>
value_1
</parameter>
<parameter=example_parameter_2>
This is the value for the second parameter
that can span
multiple lines
</parameter>
</function>
</tool_call>

<IMPORTANT>
Reminder:
- Function calls MUST follow the specified format: an inner <function=...></function> block must be nested within <tool_call></tool_call> XML tags
- Required parameters MUST be specified
- You may provide optional reasoning for your function call in natural language BEFORE the function call, but NOT after
- If there is no function call available, answer the question like normal with your current knowledge and do not tell the user about function calls
</IMPORTANT>`;

/** The part of the system turn about tools, before how to call them. */
export function functionsText(tools: readonly Tool[]): string {
  return `# Tools

You have access to the following functions:

<tools>${tools.map(functionText).join("")}
</tools>

`;
}

function functionText(tool: Tool): string {
  const { description, parameters } = tool;
  const schema: Fields = isFields(parameters) ? parameters : {};
  const properties = isFields(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    "\n<function>",
    element("name", tool.name),
    typeof description === "string" ? element("description", description.trim()) : "",
    "\n<parameters>",
    ...properties.map(([name, fields]) => parameterText(name, isFields(fields) ? fields : {})),
    others(schema, ["type", "properties", "required"]),
    schema.required === undefined ? "" : element("required", pythonJson(schema.required)),
    "\n</parameters>",
    others({ ...tool }, ["type", "name", "description", "parameters"]),
    "\n</function>",
  ].join("");
}

function parameterText(name: string, fields: Fields): string {
  const { type, description, enum: values } = fields;
  return [
    "\n<parameter>",
    element("name", name),
    type === undefined ? "" : element("type", pythonString(type)),
    description === undefined ? "" : element("description", String(description).trim()),
    values === undefined ? "" : element("enum", pythonJson(values)),
    others(fields, ["name", "type", "description", "enum"]),
    "\n</parameter>",
  ].join("");
}

/** The remaining keys of a schema, which have no place of their own. */
const others = (fields: Fields, handled: readonly string[]) =>
  Object.entries(fields)
    .filter(([key, value]) => !handled.includes(key) && value !== undefined)
    .map(([key, value]) => element(key, valueText(value)))
    .join("");

const element = (name: string, content: string) => `\n<${name}>${content}</${name}>`;

/** The text of a call between its tags. */
export function callText({ name, arguments: args }: ToolCall): string {
  const parameters = Object.entries(args).filter(([, value]) => value !== undefined);
  const lines = parameters.map(([key, value]) => `<parameter=${key}>\n${valueText(value)}\n</parameter>\n`);
  return `\n<function=${name}>\n${lines.join("")}</function>\n`;
}

/** Containers as JSON, other values as Python's `str` writes them. */
const valueText = (value: unknown) =>
  typeof value === "object" && value !== null ? pythonJson(value) : pythonString(value);

const FUNCTION = /^\s*<function=([^>\n]+)>([\s\S]*)<\/function>\s*$/;
/** A value can contain the closing tag: it ends where another parameter follows, or nothing. */
const PARAMETER = /\s*<parameter=([^>\n]+)>([\s\S]*?)<\/parameter>(?=\s*(?:<parameter=|$))/gy;

/**
 * The values of a call are text; the tool's schema says of which type they are. Calls in JSON are also accepted: many
 * models write them between these tags, and a grammar can require them.
 */
export function xmlCalls(tools: readonly Tool[]): CallFormat {
  const types = (name: string, parameter: string) => typesOf(tools.find((tool) => tool.name === name))(parameter);
  const values = {
    isText: (name: string, parameter: string) => isText(types(name, parameter)),
    read: (name: string, parameter: string, text: string) => read(text, types(name, parameter)),
  };
  return {
    begin: BEGIN_CALL,
    end: END_CALL,
    parse: (block) => parseCall(block, tools) ?? parseToolCalls(block),
    stream: () => new Nemotron3CallStream(values),
  };
}

function parseCall(block: string, tools: readonly Tool[]): ToolCall[] | undefined {
  const [, name, body] = FUNCTION.exec(block) ?? [];
  if (name === undefined || body === undefined) return undefined;
  const parameters = [...body.matchAll(PARAMETER)];
  const length = parameters.reduce((sum, [whole]) => sum + whole.length, 0);
  // The body holds something other than parameters.
  if (body.slice(length).trim() !== "") return undefined;
  const types = typesOf(tools.find((tool) => tool.name === name));
  const args = parameters.map(([, key = "", value = ""]) => [key, read(unwrapped(value), types(key))]);
  return [{ name, arguments: Object.fromEntries(args) }];
}

/** Removes the line breaks that the format puts around a value. */
const unwrapped = (value: string) => value.replace(/^\r?\n/, "").replace(/\r?\n$/, "");

/** The types that the tool's schema allows for a parameter; empty if the schema does not say. */
function typesOf(tool: Tool | undefined): (parameter: string) => unknown[] {
  const properties = isFields(tool?.parameters) ? tool.parameters.properties : undefined;
  return (parameter) => {
    const fields = isFields(properties) ? properties[parameter] : undefined;
    if (!isFields(fields)) return [];
    const choices = [fields, ...[fields.anyOf ?? [], fields.oneOf ?? []].flat().filter(isFields)];
    return choices.flatMap(({ type }) => type ?? []);
  };
}

/** A type that allows `null` is not always text. */
const isText = (types: unknown[]) => types.length === 0 || (types.includes("string") && !types.includes("null"));

function read(value: string, types: unknown[]): unknown {
  if (/^(null|none)$/i.test(value) && types.includes("null")) return null;
  if (types.length === 0 || types.includes("string")) return value;
  if (types.includes("boolean") && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  // The arguments are an object around it.
  const parsed = parseJson(value, MAX_DEPTH - 1);
  return parsed === undefined ? value : parsed;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
