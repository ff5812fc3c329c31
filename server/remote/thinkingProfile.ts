/** Finds out how the model behind an endpoint thinks, whatever name it has there. */
import type { Dialect as Model } from "../nemotron/dialect.ts";
import { nanoV2 } from "../nemotron/dialects/nanoV2.ts";
import { nemotron3 } from "../nemotron/dialects/nemotron3.ts";
import { metadata, modelInfo, type OfferedModel, serverProperties, tokenStrings } from "./answers.ts";
import { type EndpointKind, isNanoV2 } from "./endpointKinds.ts";

/**
 * Models whose templates open the thought, besides Nemotron Nano v2 and Nemotron 3: DeepSeek R1, QwQ, Qwen from 3.5 on,
 * GLM 4.7 and 5, MiniMax M, and models called Thinking or Reasoning.
 */
const OPENERS =
  /deepseek[-_ ]?r1|qwq|qwen[-_ ]?(?:3\.[5-9]|[4-9])|glm[-_ ]?(?:4\.[7-9]|[5-9])|minimax[-_ ]?m\d|thinking|reasoning/i;
const NEMOTRON_3 = /nemotron(?:[-_ .]?(?:nano|super|ultra|lightning))?[-_ .]?3(?:[-_ .:]|$)/i;
/** Marks in Nemotron 3's template, as in `nemotron/dialects/recognise.ts`. */
const NEMOTRON_3_MARKS = ["<|im_start|>", "<function=", "<parameter=", "<think></think>"];
/** The opening tag at the end of a prompt. Byte-level tokenizers write white space with special letters. */
const OPENED = /<think>(?:\s|[ĊĠ▁]|<0x0A>)*$/;

export type ThinkingProfile = {
  /** The model obeys `/think` and `/no_think`. */
  obeysSwitches: boolean;
  /** The template opens the thought. */
  opensThought: boolean;
  /** From its model card; Nano v2's for unknown models. */
  sampling: Model["sampling"];
};

/** Requests that contain no prompt of the user. Undefined for a request that fails; never throws. */
export type AskEndpoint = {
  get: (path: string) => Promise<unknown>;
  post: (path: string, body: object) => Promise<unknown>;
};

/** @param names the model's names: the requested one, and the one in the endpoint's list. */
export async function thinkingProfileOf(
  kind: EndpointKind,
  model: OfferedModel | undefined,
  names: readonly string[],
  ask: AskEndpoint,
): Promise<ThinkingProfile> {
  const properties = kind === "llama-server" ? serverProperties.safeParse(await ask.get("/props")).data : undefined;
  const { chat_template: template = "" } = properties ?? {};
  const aliases = [model?.root, model?.parent, properties?.model_path, ...(await moreNames(kind, model, ask))];
  const all = [...names, ...aliases].map((name) => name ?? "");
  const obeysSwitches = all.some(isNanoV2) || template.includes("/no_think");
  const is3 =
    all.some((name) => NEMOTRON_3.test(baseOf(name))) || NEMOTRON_3_MARKS.every((mark) => template.includes(mark));
  const isOpener = obeysSwitches || is3 || opensIn(template) || all.some((name) => OPENERS.test(baseOf(name)));
  const opensThought = isOpener || (kind === "vllm" && (await isOpened(all[0] ?? "", ask)));
  return { obeysSwitches, opensThought, sampling: (is3 && !obeysSwitches ? nemotron3 : nanoV2).sampling };
}

/** Whether the end of a template leaves a thought open. */
function opensIn(template: string): boolean {
  const at = template.lastIndexOf("add_generation_prompt");
  return at >= 0 && /<think>(?!(?:\\n|\s)*<\/think>)/.test(template.slice(at));
}

/** The last part of a path: folders can have any name. */
const baseOf = (name: string) => name.split(/[\\/]/).findLast((part) => part !== "") ?? "";

async function moreNames(kind: EndpointKind, model: OfferedModel | undefined, ask: AskEndpoint): Promise<string[]> {
  if (model?.owned_by === "sglang") {
    const info = modelInfo.safeParse(await ask.get("/get_model_info")).data;
    return info ? [info.model_path] : [];
  }
  if (kind !== "nim") return [];
  const { data } = metadata.safeParse(await ask.get("/v1/metadata"));
  return data?.modelInfo?.flatMap(({ shortName, modelUrl }) => [shortName ?? "", modelUrl ?? ""]) ?? [];
}

/** Whether vLLM's prompt for a conversation ends with an open thought. */
async function isOpened(model: string, ask: AskEndpoint): Promise<boolean> {
  const messages = [{ role: "user", content: "Hello" }];
  const chat_template_kwargs = { enable_thinking: true };
  const body = { model, messages, add_generation_prompt: true, return_token_strs: true, chat_template_kwargs };
  const { data } = tokenStrings.safeParse(await ask.post("/tokenize", body));
  return data !== undefined && OPENED.test(data.token_strs.slice(-16).join(""));
}
