/** The cost of a token in the chat's page: see test/page/rendering.ts. */
import { fork } from "node:child_process";
import path from "node:path";
import type { Figure } from "./figures.ts";

export function rendering(): Promise<Figure[]> {
  const page = fork(path.resolve("dist/test/page/rendering.mjs"));
  return new Promise((resolve, reject) => {
    page.once("message", (figures) => resolve(figures as Figure[]));
    page.once("exit", (code) => reject(new Error(`The page's benchmark ended with code ${code}.`)));
  });
}
