/** What all measurements have in common. */
import type { Figure } from "../figures.ts";
import type { Shape } from "./shapes.ts";
import type { Server, Side } from "./sides.ts";

/** `round`: texts differ in each, so that nothing is known from the one before. */
export type Place = { side: Side; shape: Shape; round: number };

/** Measures one side once. Nothing runs before and after. */
export type Measure = (place: Place) => Promise<Figure[]>;

export async function withServer<T>(side: Side, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await side.start();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

export const mib = (bytes: number) => bytes / 1024 ** 2;
