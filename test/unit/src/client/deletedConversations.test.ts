import assert from "node:assert/strict";
import type { Memento } from "vscode";
import { DeletedConversations } from "../../../../src/client/deletedConversations.ts";
import { serverDied } from "../../../../src/errors/serverError.ts";

function memento(): Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: <T>(key: string, otherwise?: T) => (values.get(key) ?? otherwise) as T,
    update: async (key, value) => void values.set(key, JSON.parse(JSON.stringify(value))),
  };
}

/** A server that records its requests, and is dead after this many. */
function server(answers = Number.POSITIVE_INFINITY) {
  const received: unknown[] = [];
  return {
    received,
    request: async <R>(method: string, params: object): Promise<R> => {
      if (received.length >= answers) throw serverDied();
      received.push([method, params]);
      return null as R;
    },
  };
}

const forget = (conversation: string) => ["nemotron/forget", { conversation }];

describe("deleted conversations", () => {
  it("are sent to the next server, once, if none is running", async () => {
    const kept = memento();
    const asleep = { running: async () => undefined };
    await new DeletedConversations(asleep, kept).add("a");
    await new DeletedConversations(asleep, kept).add("b");
    const dying = server(1);
    const later = new DeletedConversations(asleep, kept);
    await later.connected(dying);
    assert.deepEqual(dying.received, [forget("a")]);
    const living = server();
    await later.connected(living);
    await later.connected(living);
    assert.deepEqual(living.received, [forget("b")]);
  });

  it("are sent at once to a running server", async () => {
    const { received, request } = server();
    const connection = {
      request,
      notify: async () => {},
      onReplyProgress: nothing,
      onWorkDone: nothing,
      dispose: async () => {},
    };
    await new DeletedConversations({ running: async () => connection }, memento()).add("a");
    assert.deepEqual(received, [forget("a")]);
  });
});

const nothing = () => ({ dispose: () => {} });
