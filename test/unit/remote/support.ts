import type { Reply, ReplyEvent, RespondRequest } from "../../../server/engine/engine.ts";
import { RemoteEngine } from "../../../server/remote/remoteEngine.ts";
import { FakeEndpoint } from "../../support/fakeEndpoint.ts";

/** A question without thinking, which tests change in parts. */
export const REQUEST: RespondRequest = {
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "What is 2 + 2?" },
  ],
  thinking: { mode: "off" },
  priority: "chat",
  kind: "followUp",
};

/** `ask` sends REQUEST with these changes to the engine. */
export type World = { endpoint: FakeEndpoint; engine: RemoteEngine; ask: (change?: Partial<RespondRequest>) => Reply };

const worlds: World[] = [];

/** An engine that is connected to a fake endpoint. `leave` closes all of them. */
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

/** Closes all engines and endpoints of `connected`. For `afterEach`. */
export async function leave(): Promise<void> {
  for (const { endpoint, engine } of worlds.splice(0)) {
    await engine.dispose();
    await endpoint.stop();
  }
}

/** All events of the reply. */
export async function all(reply: Reply): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = [];
  for await (const event of reply) events.push(event);
  return events;
}

/** The final text, after all revisions. */
export const textIn = (events: ReplyEvent[], type: "thought" | "answer") =>
  events.reduce(
    (text, event) => (event.type === type ? text + event.text : event.type === "revised" ? event[type] : text),
    "",
  );

/** The reply's last event, with its usage. Throws if there is none. */
export function endOf(events: ReplyEvent[]) {
  const last = events.at(-1);
  if (last?.type !== "usage") throw new Error("The reply has no end.");
  return last;
}
