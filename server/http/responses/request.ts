/** Converts a body to an engine request. */
import type { RespondRequest } from "../../engine/engine.ts";
import type { Tool } from "../../protocol.ts";
import { invalid } from "../exchange/fields.ts";
import { formOf, ROUTING, type ToolChoice, thinkingOfEffort } from "../exchange/form.ts";
import type { Body, BodyTool, Item } from "./body.ts";
import { conversationOf } from "./conversation.ts";

/** Throws ApiError 400. @param items the whole conversation. */
export function requestOf(body: Body, items: readonly Item[]): RespondRequest {
  return {
    messages: conversationOf(items, body.instructions ?? ""),
    thinking: thinkingOfEffort(body.reasoning?.effort ?? "medium"),
    sampling: { temperature: body.temperature ?? undefined, topP: body.top_p ?? undefined },
    maxReplyTokens: body.max_output_tokens ?? undefined,
    ...formOf(
      {
        // Tools that OpenAI's servers would run, such as web_search, are left out: nobody here can run them.
        tools: (body.tools ?? []).flatMap(toolOf),
        choice: choiceOf(body.tool_choice ?? "auto"),
        singleCall: body.parallel_tool_calls === false,
        responseSchema: schemaOf(body),
      },
      "text.format",
    ),
    ...ROUTING,
  };
}

/** The names of freeform tools: the model calls them as functions with one text. */
export const freeformNames = ({ tools }: Body): Set<string> =>
  new Set((tools ?? []).flatMap(({ type, name }) => (type === "custom" && name ? [name] : [])));

const FREEFORM = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };

function toolOf({ type, name, description, parameters, format }: BodyTool, at: number): Tool[] {
  if (type !== "function" && type !== "custom") return [];
  if (!name) throw invalid(`tools[${at}].name`, "must be a text");
  const said = [description, format?.definition].filter((text) => text).join("\n\n");
  const schema = type === "custom" ? FREEFORM : parameters;
  return [{ name, ...(said !== "" && { description: said }), ...(schema && { parameters: schema }) }];
}

function choiceOf(choice: NonNullable<Body["tool_choice"]>): ToolChoice {
  if (typeof choice === "string") return choice;
  if ((choice.type === "function" || choice.type === "custom") && choice.name) return { name: choice.name };
  throw invalid("tool_choice", `the type ${JSON.stringify(choice.type)} is not supported`);
}

function schemaOf({ text }: Body): object | undefined {
  const format = text?.format;
  if (format?.type === "json_object") return { type: "object", additionalProperties: true };
  return format?.type === "json_schema" ? format.schema : undefined;
}
