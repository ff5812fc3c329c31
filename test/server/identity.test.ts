/**
 * Reused state must not change a word: greedy replies of a server that has held many conversations equal those of a new
 * process that gets the same messages. With chunks of up to 63 tokens they equal to the last bit. With the chunks that
 * users get, numbers are rounded differently, so another token may win where the two best are as good as equal.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Method } from "../../server/protocol.ts";
import { type Choice, lastChoices, withChoices } from "../support/choices.ts";
import { Client } from "../support/client.ts";
import { FreshServers, play, type Request } from "../support/randomConversations.ts";

/** The first and the last seed. `npm run test:identity` plays enough for every kind of event to meet every other. */
const [FIRST, LAST] = (process.env.NEMOTRON_TEST_CONVERSATIONS ?? "1-12").split("-").map(Number) as [number, number];
const CONVERSATIONS = LAST - FIRST + 1;
/** By how much the probabilities of two candidates may differ that count as equal. */
const AS_GOOD = 0.02;

/** What a reply said, and the choices of its tokens where they are recorded. */
type Said = { text: string; reused: number; choices: Choice[] };

/** Calls `compare` for each reply of a used server, with that of a new process. Returns how many tokens were reused. */
async function playAll(
  used: Client,
  fresh: FreshServers,
  reply: (client: Client, request: Request) => Promise<Said>,
  compare: (was: Said, expected: Said, which: string) => void,
): Promise<number> {
  let reused = 0;
  for (let seed = FIRST; seed <= LAST; seed++) {
    const all: Said[] = [];
    const played = await play(seed, {
      ask: async (request) => {
        const said = await reply(used, request);
        all.push(said);
        reused += said.reused;
        return said.text;
      },
      giveUp: async (request, n) => {
        let pieces = 0;
        const chat = used.stream(Method.chat, request, () => {
          if (pieces++ === n) chat.cancel();
        });
        await chat.result.catch(() => {});
      },
      prepare: async (messages) => {
        await used.request(Method.prepare, { messages });
      },
    });
    for (const [i, { request }] of played.entries())
      compare(all[i]!, await fresh.ask((client) => reply(client, request)), `seed ${seed}: ${JSON.stringify(request)}`);
  }
  return reused;
}

async function said(client: Client, request: Request): Promise<Omit<Said, "choices">> {
  const { thought, answer, usage } = await client.chat({ ...request, maxTokens: 120 });
  return { text: `${thought.replaceAll("\n", "⏎")}\n${answer}`, reused: usage.reusedTokens };
}

describe("replies from reused state", () => {
  const events = "random conversations with edits, regenerations, alternating chats, reading ahead and cancels";

  it(`equal those of a new process in ${CONVERSATIONS} ${events}`, async function () {
    this.timeout(CONVERSATIONS * 30_000);
    const [used, fresh] = await Promise.all([Client.toy(), FreshServers.start()]);
    try {
      const reply = async (client: Client, request: Request) => ({ ...(await said(client, request)), choices: [] });
      const reused = await playAll(used, fresh, reply, (was, { text }, which) => assert.equal(was.text, text, which));
      assert.ok(reused > 100 * CONVERSATIONS, "hardly anything was reused, so nothing was shown");
    } finally {
      await Promise.all([used.stop(), fresh.stop()]);
    }
  });

  it(`with the chunks that users get, first differ where the two best tokens are as good as equal, in ${CONVERSATIONS} ${events}`, async function () {
    this.timeout(CONVERSATIONS * 30_000);
    const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-choices-"));
    const env = { ...withChoices(folder), NEMOTRON_EXACT_READING: "" };
    const [used, fresh] = await Promise.all([Client.toy([], { env }), FreshServers.start({ env })]);
    try {
      const reply = async (client: Client, request: Request) => {
        const told = await said(client, request);
        return { ...told, choices: lastChoices(folder, client.enginePid()!) };
      };
      await playAll(used, fresh, reply, ({ choices, text }, expected, which) => {
        const at = choices.findIndex(({ token }, i) => token !== expected.choices[i]?.token);
        if (at < 0) return assert.equal(text, expected.text, which);
        for (const { lead } of [choices[at]!, expected.choices[at]!])
          assert.ok(lead <= AS_GOOD, `the best token leads by ${lead}, ${which}`);
      });
    } finally {
      await Promise.all([used.stop(), fresh.stop()]);
      rmSync(folder, { recursive: true });
    }
  });
});
