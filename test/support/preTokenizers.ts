/** Values of `tokenizer.ggml.pre` for tests of how llama.cpp splits a text before it looks for tokens. */

/** One name for each pattern of llama.cpp, except `whitespace`, with which it aborts on the tests' texts. */
export const PRE_TOKENIZERS =
  `default minicpm5 llama-bpe deepseek-llm deepseek-coder deepseek-v3 youtu falcon mpt starcoder gpt-2 jais-2 gemma4
  sarvam-moe qwen2 qwen35 dbrx poro-chat glm4 viking tekken bloom exaone exaone-moe chameleon gpt-4o
  granite-embed-multi-97m tiny_aya superbpe bailingmoe seed-coder hunyuan-dense kimi-k2 ufakzeka afmoe laguna spark2_5`.split(
    /\s+/,
  );
