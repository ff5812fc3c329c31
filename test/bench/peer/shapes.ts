/** The models that both sides run, and how much is asked of them. */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { TOY } from "../../support/client.ts";
import { EIGHTH, writeProportioned } from "../proportions.ts";
import { words } from "../words.ts";
import { nineB } from "./nineB.ts";

export type Shape = {
  what: string;
  /** CPU threads; left out: one for each physical core. */
  threads?: number;
  /** A user's message; another seed gives another one, where the model does not need certain words. */
  message(turn: number, seed: number): string;
  /** Asks for a reply of this many tokens, or fewer if the model ends it. */
  long: { message: string; tokens: number };
  /** How often short measurements are made in one round. */
  repeats: number;
  /** How long a client waits before it hangs up: the model is reading then. */
  hangUpMs: number;
  /** Makes the file. `remove` frees what is not worth keeping. */
  file(): { path: string; remove(): void };
};

/** The toy answers these, some at length. */
const KNOWN = ["Count to thirty.", "Write a long text.", "What is recursion?", "Give me an example."];
/** A message of some length: a few sentences. */
const MESSAGE_TOKENS = 48;

const ofWords = {
  message: (turn: number, seed: number) => words(MESSAGE_TOKENS, seed + turn),
  repeats: 1,
};

export const SHAPES = {
  toy: {
    what: "the toy model",
    // What the product takes for a model of this size. More threads wait longer for each other than they compute.
    threads: 1,
    // The first one makes a conversation that is not known yet.
    message: (turn: number, seed: number) => (turn === 1 ? words(MESSAGE_TOKENS, seed) : KNOWN[turn % KNOWN.length]!),
    long: { message: "Count to one hundred.", tokens: 512 },
    repeats: 7,
    hangUpMs: 100,
    file: () => ({ path: TOY, remove: () => {} }),
  },
  eighth: {
    ...ofWords,
    what: "random weights in the 9B's proportions, an eighth as wide",
    long: { message: words(MESSAGE_TOKENS, 1), tokens: 256 },
    hangUpMs: 300,
    file: temporaryEighth,
  },
  "9b": {
    ...ofWords,
    what: "random weights in the 9B's true shape, quantized as Q4_K_M",
    long: { message: words(MESSAGE_TOKENS, 1), tokens: 96 },
    hangUpMs: 5000,
    file: nineB,
  },
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;

function temporaryEighth() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-bench-"));
  const file = path.join(folder, "eighth.gguf");
  writeProportioned(file, EIGHTH);
  return { path: file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
