/** What a scripted engine reports about other clients. Read from a file each time, so that a test can change it. */
import { readFileSync } from "node:fs";
import { EngineError } from "../../server/engine/engine.ts";
import type { LocalLoad, OtherClients } from "../../server/protocol.ts";

export type ScriptedSharing = {
  others?: OtherClients;
  heldBytes?: number;
  /**
   * The path of the model file that others have loaded. A client that wants another one must say what happens to it.
   */
  other?: string;
  /** Loads are refused because the engine is newer. */
  updated?: boolean;
  /** The model is gone for this reason, until it is loaded again. */
  gone?: string;
};

/** How often to look at the file, ms. */
const LOOK_MS = 50;

export class Sharing {
  private readonly file: string;
  private text = "";
  now: ScriptedSharing = {};

  /** @param script the script's file. This one is beside it, and may be missing. */
  constructor(script: string) {
    this.file = `${script}.sharing`;
    this.look();
  }

  /** Calls back after each change. */
  watch(onChange: () => void): void {
    setInterval(() => this.look() && onChange(), LOOK_MS).unref();
  }

  /** Returns the path of the model that is loaded after this. Throws EngineError otherModel or otherVersion. */
  load({ model, whenOther }: LocalLoad): string {
    const { other, others, updated } = this.now;
    if (updated) throw new EngineError("otherVersion", "The engine is newer.");
    if (other === undefined || other === model || whenOther === "replace") return model;
    if (whenOther === "join") return other;
    throw new EngineError("otherModel", "Another model is loaded.", {
      loaded: nameOf(other),
      path: other,
      wanted: model,
      others,
    });
  }

  /** Waits until the engine works for nobody else. Rejects when the signal is aborted. */
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
