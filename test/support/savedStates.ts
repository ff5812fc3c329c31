/** The states that an engine has saved on disk, read from outside through the folder's layout. */
import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { entriesBelow, pathOf } from "./entriesBelow.ts";

/** A saved state. `tokens`: how many it has read. `bytes`: its size according to its index. */
export type SavedStateFolder = {
  folder: string;
  kind: "conversation" | "prefix";
  conversation?: string;
  tokens: number;
  bytes: number;
};

/** A temporary folder for states. */
export function temporaryStates(): { folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-test-states-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** All files and folders below a folder, without the folder itself. */
export const below = (folder: string): string[] => entriesBelow(folder).map(pathOf);

/** The states with their final names. */
export function savedStates(root: string): SavedStateFolder[] {
  return below(root)
    .filter((file) => path.basename(file) === "index.json" && !path.basename(path.dirname(file)).startsWith("tmp."))
    .map((file) => {
      const { kind, conversation, tokens, bytes } = JSON.parse(readFileSync(file, "utf8")).index;
      return { folder: path.dirname(file), kind, conversation, tokens: tokens.length, bytes };
    });
}

export const bytesBelow = (folder: string) =>
  below(folder).reduce((sum, file) => sum + (lstatSync(file).isFile() ? lstatSync(file).size : 0), 0);

/** Flips one bit in the middle of a file. */
export function flipBit(file: string): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(file, bytes);
}

/** Waits until the condition is true; throws after `ms`. */
export async function until(condition: () => boolean, ms = 45_000): Promise<void> {
  for (const end = Date.now() + ms; !condition(); ) {
    if (Date.now() > end) throw new Error(`Timed out waiting for: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
