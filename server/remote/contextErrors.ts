import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";

/** `type` or `code` of errors from llama-server, OpenAI and compatible servers. */
const CODES = ["exceed_context_size_error", "context_length_exceeded", "string_above_max_length"];
/** The message of vLLM, NIM and others, which send no code. */
const WORDS = /context (?:length|size|window)|maximum model length|max_model_len/i;

/** The prompt's tokens in messages of various servers. */
const PROMPT = [
  /\((\d+) in the messages/,
  /resulted in (\d+) tokens/,
  /(?:has|passed|contains?) (?:at least )?(\d+) input tokens/,
  /request \((\d+) tokens\)/,
  /(?:prompt|input)(?: \(?length)?[^\d]{0,12}(\d+)/i,
  /requested (\d+) tokens/,
];
/** The context's tokens in messages of various servers. */
const CONTEXT = [
  /context (?:length|window)(?: is)?(?: only)?[^\d]{0,8}(\d+)/i,
  /context size \((\d+)/i,
  /maximum model length[^\d]{0,8}(\d+)/i,
  /max_model_len[^\d]{0,8}(\d+)/i,
  // The message of this project's own API server.
  /loaded context (\d+)/,
];

/**
 * EngineError contextOverflow, if the error's body is about the context size; otherwise undefined.
 * @param words the error's message.
 * @param contextTokens used if the endpoint does not name its size.
 */
export function contextOverflowError(body: unknown, words: string, contextTokens: number): EngineError | undefined {
  const { type, code, n_prompt_tokens, n_ctx } = typeof body === "object" && body !== null ? fields(body) : fields({});
  const hasCode = [type, code].some((name) => CODES.some((known) => known === name));
  if (!hasCode && !WORDS.test(words)) return undefined;
  const has = count(n_ctx) ?? first(CONTEXT, words) ?? contextTokens;
  const promptTokens = count(n_prompt_tokens) ?? first(PROMPT, words);
  const message =
    promptTokens === undefined
      ? t("The prompt does not fit in the endpoint's context of {0} tokens. Remove context or start a new chat.", has)
      : t("The prompt has {0} tokens, the loaded context {1}. Remove context or start a new chat.", promptTokens, has);
  return new EngineError("contextOverflow", message, { promptTokens: promptTokens ?? has, contextTokens: has });
}

type Fields = { type?: unknown; code?: unknown; n_prompt_tokens?: unknown; n_ctx?: unknown };
const fields = (body: object): Fields => ({ ...body });

const count = (value: unknown) => (typeof value === "number" ? value : undefined);

function first(patterns: readonly RegExp[], words: string): number | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(words)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}
