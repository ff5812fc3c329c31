import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { EngineRequests } from "../../../../server/engine/client/child.ts";
import type { ModelRequest } from "../../../../server/engine/client/engineClient.ts";
import { ResumableReplies, ResumableReply } from "../../../../server/sharing/host/resumableReply.ts";

/** More replies than are kept. */
const MANY = 40;

const REQUEST: ModelRequest = {
  type: "respond",
  request: { messages: [], thinking: { mode: "off" }, priority: "chat", kind: "once" },
};
const engine: EngineRequests = {
  request: async (_, { onEvents } = {}) => {
    onEvents?.([{ type: "answer", text: "An answer.", tokens: 3 }]);
    return null as never;
  },
};

/** Ends this many replies, and returns weak references to them. */
async function ended(replies: ResumableReplies, count: number): Promise<WeakRef<ResumableReply>[]> {
  const seen: WeakRef<ResumableReply>[] = [];
  for (let i = 0; i < count; i++) {
    const one = new ResumableReply(async () => engine, REQUEST);
    replies.add("owner", { replyId: String(i), conversation: "conversation" }, one);
    seen.push(new WeakRef(one));
    await one.over;
  }
  return seen;
}

async function inMemory(seen: WeakRef<ResumableReply>[]): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  // The target of a WeakRef that was just created or read stays until the end of the turn.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return seen.filter((ref) => ref.deref() !== undefined).length;
}

describe("resumable replies", () => {
  it("are freed when they are too many, or when their conversation is deleted", async () => {
    const replies = new ResumableReplies();
    const seen = await ended(replies, MANY);
    assert.ok((await inMemory(seen)) < MANY);
    assert.throws(() => replies.get("owner", "0"));
    assert.ok(replies.get("owner", String(MANY - 1)));
    replies.forget("owner", "conversation");
    assert.equal(await inMemory(seen), 0);
  });
});
