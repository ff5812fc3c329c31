import type { Reply, ReplyEvent, RespondRequest } from "../../../server/engine/engine.ts";
import { RemoteEngine } from "../../../server/remote/remoteEngine.ts";
import { FakeEndpoint } from "../../support/fakeEndpoint.ts";

export const REQUEST: RespondRequest = {
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "What is 2 + 2?" },
  ],
  thinking: { mode: "off" },
  priority: "chat",
  kind: "followUp",
};

export type World = { endpoint: FakeEndpoint; engine: RemoteEngine; ask: (change?: Partial<RespondRequest>) => Reply };

const worlds: World[] = [];

/** A connected engine. All are closed after the test: see `leave`. */
export async function connected(model?: object, apiKey?: string): Promise<World> {
  const endpoint = await FakeEndpoint.start(model);
  const engine = new RemoteEngine();
  const world = {
    endpoint,
    engine,
    ask: (change: Partial<RespondRequest> = {}) =>
      engine.respond({ ...REQUEST, ...change }, new AbortController().signal),
  };
  worlds.push(world);
  await engine.load({ remote: { baseUrl: endpoint.baseUrl, apiKey } });
  return world;
}

export async function leave(): Promise<void> {
  for (const { endpoint, engine } of worlds.splice(0)) {
    await engine.dispose();
    await endpoint.stop();
  }
}

export async function all(reply: Reply): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = [];
  for await (const event of reply) events.push(event);
  return events;
}

/** The text that a client has in the end. */
export const textIn = (events: ReplyEvent[], type: "thought" | "answer") =>
  events.reduce(
    (text, event) => (event.type === type ? text + event.text : event.type === "revised" ? event[type] : text),
    "",
  );

export function endOf(events: ReplyEvent[]) {
  const last = events.at(-1);
  if (last?.type !== "usage") throw new Error("The reply has no end.");
  return last;
}
