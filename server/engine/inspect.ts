/** What a model file says of itself, and whether it can be run here: before anything is loaded. */
import { open } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import type { GgufFileInfo } from "node-llama-cpp";
import type { Dialect } from "../nemotron/dialect.ts";
import { ARCHITECTURES, recognise, type Unrecognised } from "../nemotron/recognise.ts";
import { EngineError } from "./engine.ts";
import type { ModelShape } from "./fit.ts";
import { shapeOf } from "./shape.ts";

/** `vocabulary`: how many tokens it knows. */
export type ModelFile = { name: string; toy: boolean; dialect: Dialect; shape: ModelShape; vocabulary: number };

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
  const { general, tokenizer } = info.metadata;
  const dialect = recognise({
    architecture: String(general.architecture),
    template: tokenizer?.chat_template,
    names: [general.name, general.basename].filter((text) => text !== undefined),
    vocabulary: tokenizer?.ggml?.tokens ?? [],
  });
  if ("why" in dialect) throw unrecognised(name, String(general.architecture), dialect);
  const lastTensor = Math.max(0, ...(info.fullTensorInfo ?? []).map((tensor) => Number(tensor.offset)));
  if ((info.infoEndOffset ?? 0) + lastTensor >= bytes) throw refused(t("{0} is not complete.", name), again);

  const title = general.name ?? name;
  const vocabulary = tokenizer?.ggml?.tokens?.length ?? 0;
  return { name: title, toy: /\btoy\b/i.test(title), dialect, shape: shapeOf(info, bytes), vocabulary };
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

const refused = (reason: string, next: string) => new EngineError("loadFailed", reason, { reason, next });

function unrecognised(name: string, architecture: string, { why, ...about }: Unrecognised): EngineError {
  const next = t("Choose a Nemotron model: Nano v2, Nemotron 3, or Llama-Nemotron.");
  const original = t("Choose a GGUF file that was converted together with its tokenizer and chat template.");
  switch (why) {
    case "architecture":
      return refused(
        t(
          '{0} is a model of the architecture "{1}"; only these can be run: {2}.',
          name,
          architecture,
          ARCHITECTURES.join(", "),
        ),
        next,
      );
    case "noTemplate":
      return refused(t("{0} has no chat template, so it is not known how to talk to it.", name), original);
    case "unknownTemplate":
      return refused(t("{0} has a chat template that is none of Nemotron's.", name), next);
    case "vocabulary":
      return refused(
        t("{0} lacks the token {1}, which its chat template needs.", name, "token" in about ? about.token : ""),
        original,
      );
  }
}
