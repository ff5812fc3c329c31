/** What a model file says of itself, and whether it can be run here: before anything is loaded. */
import { open } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import type { GgufFileInfo } from "node-llama-cpp";
import { EngineError } from "./engine.ts";
import type { ModelShape } from "./fit.ts";

/** The architecture key of Nemotron Nano v2 and its kin. */
const ARCHITECTURE = "nemotron_h";

export type ModelFile = { name: string; toy: boolean; shape: ModelShape };

/** Throws EngineError loadFailed, naming what is wrong with the file and what to do. */
export async function inspectModel(file: string): Promise<ModelFile> {
  const { magic, bytes } = await head(file);
  const name = path.basename(file);
  const again = t("Download the file again, or choose another one.");
  if (bytes === 0) throw refused(t("{0} is empty.", name), again);
  if (/^\s*<(!doctype|html|\?xml)/i.test(magic)) throw refused(t("{0} is a web page, not a model.", name), again);
  if (!magic.startsWith("GGUF"))
    throw refused(t("{0} is not a GGUF file.", name), t("Choose a file that ends in .gguf."));

  // The language server, which looks at files too, need not have the library until it does.
  const { readGgufFileInfo } = await import("node-llama-cpp");
  let info: GgufFileInfo;
  try {
    info = await readGgufFileInfo(file, { sourceType: "filesystem", logWarnings: false });
  } catch {
    throw refused(t("{0} ends in the middle of its header, or the header is damaged.", name), again);
  }
  const { general } = info.metadata;
  if (general.architecture !== ARCHITECTURE)
    throw refused(
      t(
        '{0} is a model of the architecture "{1}"; only "{2}" can be run.',
        name,
        String(general.architecture),
        ARCHITECTURE,
      ),
      t("Choose a Nemotron Nano v2 model."),
    );
  const lastTensor = Math.max(0, ...(info.fullTensorInfo ?? []).map((tensor) => Number(tensor.offset)));
  if ((info.infoEndOffset ?? 0) + lastTensor >= bytes) throw refused(t("{0} is not complete.", name), again);

  const title = general.name ?? name;
  return { name: title, toy: /\btoy\b/i.test(title), shape: shapeOf(info, bytes) };
}

async function head(file: string): Promise<{ magic: string; bytes: number }> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
      return { magic: buffer.toString("latin1", 0, bytesRead), bytes: size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw refused(
      code === "ENOENT" ? t("There is no file {0}.", file) : t("{0} cannot be read ({1}).", file, String(code)),
      t("Check the path of the model."),
    );
  }
}

/**
 * Sizes from the metadata, as llama.cpp computes them: a layer is Mamba2 when it has neither KV heads nor an MLP, and
 * keeps (conv_kernel - 1) rows of its channels and inner_size x state_size numbers, all f32; an attention layer keeps
 * f16 keys and values.
 */
function shapeOf(info: GgufFileInfo, weights: number): ModelShape {
  const meta = info.architectureMetadata as unknown as {
    block_count: number;
    context_length: number;
    embedding_length: number;
    feed_forward_length: number[] | number;
    attention: { head_count: number; head_count_kv: number[] | number; key_length?: number; value_length?: number };
    ssm: { conv_kernel: number; state_size: number; group_count: number; inner_size: number };
  };
  const { ssm, attention } = meta;
  const headLength = meta.embedding_length / attention.head_count;
  const { key_length = headLength, value_length = headLength } = attention;
  const at = (value: number[] | number, layer: number) => (typeof value === "number" ? value : (value[layer] ?? 0));
  let stateBytes = 0;
  let kvBytesPerToken = 0;
  for (let layer = 0; layer < meta.block_count; layer++) {
    const kvHeads = at(attention.head_count_kv, layer);
    if (kvHeads > 0) kvBytesPerToken += kvHeads * (key_length + value_length) * 2;
    else if (at(meta.feed_forward_length, layer) === 0) {
      const channels = ssm.inner_size + 2 * ssm.group_count * ssm.state_size;
      stateBytes += ((ssm.conv_kernel - 1) * channels + ssm.inner_size * ssm.state_size) * 4;
    }
  }
  const vocabulary = info.metadata.tokenizer?.ggml?.tokens?.length ?? 0;
  return {
    weights,
    layers: meta.block_count + 1,
    stateBytes,
    kvBytesPerToken,
    // Logits of a batch, and some sixteen activations of the model's width beside them.
    computeBytesPerBatchToken: 4 * (vocabulary + 16 * meta.embedding_length),
  };
}

const refused = (reason: string, next: string) => new EngineError("loadFailed", reason, { reason, next });
