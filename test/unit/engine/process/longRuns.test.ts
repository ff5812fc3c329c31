import assert from "node:assert/strict";
import { PRE_TOKENIZERS } from "../../../support/preTokenizers.ts";
import { readSource } from "../../nemotron/publishedTemplate.ts";

describe("the pre-tokenizers that long runs are tried with", () => {
  it("cover each of llama.cpp's patterns", () => {
    const vocabulary = readSource("src/llama-vocab.cpp");
    const patterns = patternsByType(section(vocabulary, "struct llm_tokenizer_bpe : llm_tokenizer {"));
    const types = typesByName(vocabulary);
    assert.ok(types.size > 80);
    const patternOf = (name: string) => JSON.stringify(patterns.get(types.get(name)!));
    const tried = new Set([...PRE_TOKENIZERS, "whitespace"].map(patternOf));
    assert.deepEqual(
      [...types.keys()].filter((name) => !tried.has(patternOf(name))),
      [],
    );
  });
});

function section(source: string, from: string): string {
  return source.slice(source.indexOf(from)).split("\n}")[0]!;
}

/** The string literals of C++ source, without those in comments. */
function strings(source: string): string[] {
  const code = source.replace(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/"((?:\\.|[^"\\\n])*)"/g)].map(([, text]) => text!.replace(/\\(["\\])/g, "$1"));
}

function patternsByType(source: string): Map<string, string[]> {
  const patterns = new Map<string, string[]>();
  for (const [, cases, body] of source.matchAll(/((?:(?:case \w+|default):\s*)+)([\s\S]*?)break;/g))
    for (const [, type = "DEFAULT"] of cases!.matchAll(/case LLAMA_VOCAB_PRE_TYPE_(\w+):|default:/g))
      patterns.set(type, strings(body!));
  return patterns;
}

function typesByName(source: string): Map<string, string> {
  const types = new Map<string, string>();
  for (const [, names, type] of source.matchAll(
    /if \(\s*((?:tokenizer_pre == "[^"]+"[\s|]*)+)\)\s*\{\s*pre_type = LLAMA_VOCAB_PRE_TYPE_(\w+)/g,
  ))
    for (const [, name] of names!.matchAll(/"([^"]+)"/g)) types.set(name!, type!);
  return types;
}
