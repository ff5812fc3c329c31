/** Reads what a model file says about itself and decides whether it can run here, before loading it. */
import { open } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import type { Dialect } from "../../nemotron/dialect.ts";
import { ARCHITECTURES, recogniseDialect, type Unrecognised } from "../../nemotron/dialects/recognise.ts";
import { sanitizeDisplayText } from "../../shared/displayText.ts";
import { EngineError } from "../engine.ts";
import type { ModelShape } from "./fit.ts";
import { type GgufHeader, type GgufValue, readGgufHeader, VOCABULARY_KEY } from "./ggufHeader.ts";
import { type Architecture, architectureOf, shapeOf } from "./shape.ts";

/** `name`: safe to show. `vocabulary`: number of tokens in the vocabulary. */
export type ModelFile = { name: string; toy: boolean; dialect: Dialect; shape: ModelShape; vocabulary: number };

/** Throws EngineError loadFailed, which says what is wrong with the file and what to do. */
export async function inspectModel(file: string): Promise<ModelFile> {
  const { magic, bytes } = await head(file);
  const name = path.basename(file);
  const again = t("Download the file again, or choose another one.");
  if (bytes === 0) throw refused(t("{0} is empty.", name), again);
  if (/^\s*<(!doctype|html|\?xml)/i.test(magic)) throw refused(t("{0} is a web page, not a model.", name), again);
  if (!magic.startsWith("GGUF"))
    throw refused(t("{0} is not a GGUF file.", name), t("Choose a file that ends in .gguf."));

  const damaged = refused(t("The header of {0} is incomplete or damaged.", name), again);
  let header: GgufHeader;
  try {
    header = await readGgufHeader(file);
  } catch {
    throw damaged;
  }
  const { metadata, lastTensor } = header;
  const text = (key: string) => textOf(metadata.get(key));
  const architecture = text("general.architecture") ?? "";
  const names = [text("general.name"), text("general.basename")].filter((text) => text !== undefined);
  const vocabulary = wordsOf(metadata.get(VOCABULARY_KEY));
  const dialect = recogniseDialect({ architecture, template: text("tokenizer.chat_template"), names, vocabulary });
  if ("why" in dialect) throw unrecognised(name, sanitizeDisplayText(architecture, MAX_NAME_CHARS), dialect);
  if (lastTensor >= bytes) throw refused(t("{0} is incomplete.", name), again);

  let meta: Architecture;
  try {
    meta = architectureOf(header, architecture);
  } catch {
    throw damaged;
  }
  const title = sanitizeDisplayText(names[0] ?? name, MAX_NAME_CHARS);
  const shape = shapeOf(meta, vocabulary.length, bytes);
  return { name: title, toy: /\btoy\b/i.test(title), dialect, shape, vocabulary: vocabulary.length };
}

/** Maximum length of a name that a file claims, characters. */
const MAX_NAME_CHARS = 100;

const textOf = (value: GgufValue | undefined) => (typeof value === "string" ? value : undefined);
const wordsOf = (value: GgufValue | undefined) =>
  Array.isArray(value) ? value.filter((word) => typeof word === "string") : [];

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
      code === "ENOENT" ? t("The file {0} does not exist.", file) : t("{0} cannot be read ({1}).", file, String(code)),
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
        t('{0} has the unsupported architecture "{1}". Supported: {2}.', name, architecture, ARCHITECTURES.join(", ")),
        next,
      );
    case "noTemplate":
      return refused(t("{0} has no chat template, so its prompt format is unknown.", name), original);
    case "unknownTemplate":
      return refused(t("{0} has a chat template that is not one of Nemotron's.", name), next);
    case "vocabulary":
      return refused(
        t("{0} lacks the token {1}, which its chat template needs.", name, "token" in about ? about.token : ""),
        original,
      );
  }
}
