/** What a scripted engine says of others who share it: read anew from a file, so that a test can change it meanwhile. */
import { readFileSync } from "node:fs";
import { EngineError } from "../../server/engine/engine.ts";
import type { LocalLoad, OtherClients } from "../../server/protocol.ts";

export type ScriptedSharing = {
  others?: OtherClients;
  heldBytes?: number;
  /** What the others have loaded, the path of its file: who wants another has to say what is to become of it. */
  other?: string;
  /** Loads are refused: the engine is of a newer version. */
  updated?: boolean;
  /** The model has gone for this reason, until it is loaded. */
  gone?: string;
};

/** How often the file is looked at, ms. */
const LOOK_MS = 50;

export class Sharing {
  private readonly file: string;
  private text = "";
  now: ScriptedSharing = {};

  /** @param script the script's file; this one lies beside it, and may be missing. */
  constructor(script: string) {
    this.file = `${script}.sharing`;
    this.look();
  }

  /** Calls back after each change. */
  watch(onChange: () => void): void {
    setInterval(() => this.look() && onChange(), LOOK_MS).unref();
  }

  /** The path of what is loaded then. Throws EngineError otherModel or otherVersion. */
  load({ model, whenOther }: LocalLoad): string {
    const { other, others, updated } = this.now;
    if (updated) throw new EngineError("otherVersion", "The engine is newer.");
    if (other === undefined || other === model || whenOther === "replace") return model;
    if (whenOther === "join") return other;
    throw new EngineError("otherModel", "Another model is loaded.", { loaded: nameOf(other), others });
  }

  /** Until the engine works for nobody else. Rejects when the signal is aborted. */
  async turn(signal: AbortSignal): Promise<void> {
    while (this.now.others?.busy) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  private look(): boolean {
    const text = read(this.file);
    if (text === this.text) return false;
    this.text = text;
    this.now = text === "" ? {} : JSON.parse(text);
    return true;
  }
}

export const nameOf = (file: string): string =>
  file
    .split("/")
    .at(-1)!
    .replace(/\.gguf$/, "");

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
