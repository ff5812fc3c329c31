import assert from "node:assert/strict";
import { type ModelMetadata, recogniseDialect } from "../../../../server/nemotron/dialects/recognise.ts";
import { LLAMA_NEMOTRON_15 } from "../../../support/otherModels.ts";
import { readPublishedText } from "../publishedTemplate.ts";

const LLAMA = ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"];
const LLAMA_1 = "{{- bos_token }} '<|start_header_id|>' '</think>' in message['content'] '<|eot_id|>'";

const outcome = (file: Partial<ModelMetadata>) => {
  const found = recogniseDialect({ architecture: "nemotron_h", names: [], vocabulary: [], ...file });
  return "why" in found ? found.why : found.id;
};

describe("nemotron: the dialect of a file", () => {
  const nano = ["<SPECIAL_10>", "<SPECIAL_11>", "<SPECIAL_12>"];
  const chatML = ["<|im_start|>", "<|im_end|>"];
  const published = (name: string) => readPublishedText(name);

  it("is recognised by the published templates", () => {
    assert.equal(outcome({ template: published("NVIDIA-Nemotron-Nano-v2"), vocabulary: nano }), "nano-v2");
    const template = published("NVIDIA-Nemotron-3-Nano-30B-A3B-BF16");
    for (const architecture of ["nemotron_h", "nemotron_h_moe"])
      assert.equal(outcome({ architecture, template, vocabulary: chatML }), "nemotron-3");
    for (const architecture of ["deci", "llama"])
      assert.equal(outcome({ architecture, template: LLAMA_NEMOTRON_15, vocabulary: LLAMA }), "llama-nemotron-1.5");
  });

  it("is unknown for other models, however similar their templates", () => {
    for (const name of ["Qwen3-Coder", "Qwen-Qwen3-0.6B", "Qwen3.5-4B"])
      assert.equal(outcome({ template: published(name), vocabulary: chatML }), "unknownTemplate", name);
    const nemotronH =
      "{{ '<SPECIAL_10>System\\n' }} {{ '<SPECIAL_11>User\\n' }} {'reasoning': True} {{ '<think>\\n' }}";
    assert.equal(outcome({ template: nemotronH, vocabulary: nano }), "unknownTemplate");
    const llamas = ["meta-llama-Llama-3.3-70B-Instruct", "deepseek-ai-DeepSeek-R1-Distill-Llama-8B"];
    for (const name of llamas)
      assert.equal(
        outcome({ architecture: "llama", names: [name], template: published(name), vocabulary: LLAMA }),
        "unknownTemplate",
        name,
      );
  });

  it("depends on the name when any Llama has the template", () => {
    const file = { architecture: "deci", template: LLAMA_1, vocabulary: LLAMA };
    assert.equal(outcome({ ...file, names: ["Llama 3_3 Nemotron Super 49B v1"] }), "llama-nemotron");
    assert.equal(outcome({ ...file, names: ["Some other Llama"] }), "unknownTemplate");
  });

  it("is unknown when architecture and template belong to different families", () => {
    assert.equal(outcome({ architecture: "qwen3", template: LLAMA_NEMOTRON_15 }), "architecture");
    assert.equal(
      outcome({ architecture: "nemotron_h", template: LLAMA_NEMOTRON_15, vocabulary: LLAMA }),
      "unknownTemplate",
    );
    assert.equal(outcome({ architecture: "deci", template: published("NVIDIA-Nemotron-Nano-v2") }), "unknownTemplate");
  });

  it("is unknown without a template, or with a vocabulary that lacks its tokens", () => {
    assert.equal(outcome({}), "noTemplate");
    assert.equal(outcome({ template: " \n" }), "noTemplate");
    const found = recogniseDialect({
      architecture: "nemotron_h",
      template: published("NVIDIA-Nemotron-Nano-v2"),
      names: [],
      vocabulary: nano.slice(0, 2),
    });
    assert.deepEqual(found, { why: "vocabulary", token: "<SPECIAL_12>" });
  });
});
