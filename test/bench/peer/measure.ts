/** What all measurements have in common. */
import { type Figure, median } from "../figures.ts";
import type { StreamedReply } from "../streamedReply.ts";
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

/** How long a client waits for a reply's first token, and what has to be read before it. */
export const waits = (what: string, ...replies: StreamedReply[]): Figure[] => [
  { what: `${what}: first token`, value: median(replies.map(({ firstMs }) => firstMs)), unit: "ms" },
  { what: `${what}: read`, value: median(replies.map(({ readTokens }) => readTokens)), unit: "tokens" },
];

export const mib = (bytes: number) => bytes / 1024 ** 2;
