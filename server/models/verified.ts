/** Remembers which files have been verified, in a note beside each, so that gigabytes are not read again each time. */
import { createHash } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { t } from "@vscode/l10n";
import * as z from "zod";
import { EngineError } from "../engine/engine.ts";
import { hashFile } from "./partFile.ts";

const notePath = (file: string) => `${file}.json`;
const Note = z.object({ bytes: z.number(), modified: z.number(), sha256: z.string() });

/** Notes that the file, as it is now, has this checksum. Throws the file system's error. */
export async function noteVerified(file: string, sha256: string): Promise<void> {
  const { size, mtimeMs } = await stat(file);
  const note: z.infer<typeof Note> = { bytes: size, modified: mtimeMs, sha256 };
  await writeFile(notePath(file), JSON.stringify(note));
}

/** The checksum in a file's note; undefined without a note. `unchanged`: the file still has its length and its time. */
export async function readVerifiedNote(file: string): Promise<{ sha256: string; unchanged: boolean } | undefined> {
  try {
    const [text, { size, mtimeMs }] = await Promise.all([readFile(notePath(file), "utf8"), stat(file)]);
    const { bytes, modified, sha256 } = Note.parse(JSON.parse(text));
    return { sha256, unchanged: bytes === size && modified === mtimeMs };
  } catch {
    return undefined;
  }
}

/** Checks that a verified file has not changed since. Throws EngineError notVerified, or the signal's reason. */
export async function expectUnchanged(file: string, signal: AbortSignal): Promise<void> {
  const before = await readVerifiedNote(file);
  if (!before || before.unchanged) return;
  if ((await sha256Of(file, signal, () => {})) === before.sha256) return noteVerified(file, before.sha256);
  const reason = t("{0} has been changed since it was verified.", path.basename(file));
  const next = t("It is not loaded. Delete it in the list of models, then download it again.");
  throw new EngineError("notVerified", reason, { reason, next });
}

/** The checksum of a file, from all its bytes, in hexadecimal. Throws the signal's reason. */
export async function sha256Of(file: string, signal: AbortSignal, onRead: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  await hashFile(file, hash, signal, onRead);
  return hash.digest("hex");
}

/** Removes the file and its note, if they exist. */
export async function removeVerified(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(notePath(file), { force: true });
}
