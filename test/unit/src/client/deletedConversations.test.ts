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

/** A server that notes what it is told; from some request on it is dead. */
function server(answers = Number.POSITIVE_INFINITY) {
  const told: unknown[] = [];
  return {
    told,
    request: async <R>(method: string, params: object): Promise<R> => {
      if (told.length >= answers) throw serverDied();
      told.push([method, params]);
      return null as R;
    },
  };
}

const forget = (conversation: string) => ["nemotron/forget", { conversation }];

describe("deleted conversations", () => {
  it("are told to the next server where none runs, and once", async () => {
    const kept = memento();
    const asleep = { running: async () => undefined };
    await new DeletedConversations(asleep, kept).add("a");
    await new DeletedConversations(asleep, kept).add("b");
    const dying = server(1);
    const later = new DeletedConversations(asleep, kept);
    await later.connected(dying);
    assert.deepEqual(dying.told, [forget("a")]);
    const living = server();
    await later.connected(living);
    await later.connected(living);
    assert.deepEqual(living.told, [forget("b")]);
  });

  it("are told at once to a server that runs", async () => {
    const { told, request } = server();
    const connection = {
      request,
      notify: async () => {},
      onReplyProgress: nothing,
      onWorkDone: nothing,
      dispose: async () => {},
    };
    await new DeletedConversations({ running: async () => connection }, memento()).add("a");
    assert.deepEqual(told, [forget("a")]);
  });
});

const nothing = () => ({ dispose: () => {} });
