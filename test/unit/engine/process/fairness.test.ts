/** Owners share one model's steps at the gate, and its slots, by the same rule. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Priority } from "../../../../server/engine/engine.ts";
import { FairQueue, PRIORITY_ORDER } from "../../../../server/engine/process/fairQueue.ts";
import { Gate } from "../../../../server/engine/process/gate.ts";

const STEPS = 120;
/** A request that always has work. `from`: the number of the step at which it joins. `steps`: how many steps it wants. */
type Request = { owner: string; priority: Priority; from: number; steps: number };

const key = ({ owner, priority }: { owner: string; priority: Priority }) => `${priority} ${owner}`;
const ticks = async (count: number) => {
  for (let i = 0; i < count; i++) await null;
};

/** Runs the requests' steps, each of which takes some microtasks. Returns who had which step. */
async function play(requests: Request[], pauses: number[]): Promise<string[]> {
  const gate = new Gate();
  const log: string[] = [];
  const over: Promise<void>[] = [];
  const start = async (request: Request) => {
    const runner = gate.join(request.priority, request.owner);
    for (let i = 0; i < request.steps; i++) {
      await runner.run(async () => {
        log.push(key(request));
        await ticks(pauses[log.length % pauses.length]!);
        for (const later of requests) if (later.from === log.length) over.push(start(later));
      });
    }
    runner.leave();
  };
  for (const first of requests) if (first.from === 0) over.push(start(first));
  for (let done = 0; done < over.length; done++) await over[done];
  return log;
}

const owner = fc.constantFrom("a", "b", "c", "d");
const priority = fc.constantFrom<Priority>("edit", "chat", "idle");
const pauses = fc.array(fc.nat(6), { minLength: 1, maxLength: 8 });

describe("owners at the gate", () => {
  it("share steps evenly in each rank, however many seats each of them has", async () => {
    const seats = fc.array(fc.record({ owner, priority }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(seats, pauses, async (seats, pauses) => {
        const requests = seats.map((seat) => ({ ...seat, from: 0, steps: STEPS }));
        const left = new Map<string, number>();
        for (const seat of seats) left.set(key(seat), (left.get(key(seat)) ?? 0) + STEPS);
        const had = new Map([...left.keys()].map((name) => [name, 0]));
        for (const name of await play(requests, pauses)) {
          had.set(name, had.get(name)! + 1);
          // Until one owner of the rank has had all its steps.
          const rank = [...left].filter(([other]) => other.split(" ")[0] === name.split(" ")[0]);
          if (rank.some(([other, all]) => had.get(other) === all)) continue;
          const counts = rank.map(([other]) => had.get(other)!);
          assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${rank}: ${counts}`);
        }
      }),
    );
  });

  it("wait for at most one step of each other owner, whenever they come; a more urgent rank goes first", async () => {
    const request = fc.record({ owner, priority, from: fc.nat(60), steps: fc.integer({ min: 1, max: 30 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), pauses, async (requests, pauses) => {
        requests[0]!.from = 0;
        const log = await play(requests, pauses);
        const ranks = (["edit", "chat", "idle"] as const).map((rank) => log.filter((name) => name.startsWith(rank)));
        for (const steps of ranks) {
          // Between two consecutive steps of a continuing owner, no other owner has two, unless the first was idle.
          for (const { owner, priority, steps: wanted } of requests) {
            const own = key({ owner, priority });
            const alone = requests.filter((other) => key(other) === own).length === 1;
            if (!alone || !steps.includes(own)) continue;
            const mine = steps.flatMap((name, at) => (name === own ? [at] : []));
            assert.equal(mine.length, wanted);
            for (const [i, at] of mine.entries()) {
              const between = steps.slice(at + 1, mine[i + 1] ?? at + 1);
              assert.equal(new Set(between).size, between.length, `${own} waited for ${between}`);
            }
          }
        }
        assert.equal(
          log.length,
          requests.filter(({ from }) => from <= log.length).reduce((sum, { steps }) => sum + steps, 0),
        );
      }),
    );
  });

  it("have separate turns in each rank: edits do not count against an owner's chats", async () => {
    const gate = new Gate();
    const log: string[] = [];
    const edits = gate.join("edit", "a");
    for (let i = 0; i < 10; i++) await edits.run(async () => {});
    edits.leave();
    const chat = async (owner: string) => {
      const runner = gate.join("chat", owner);
      for (let i = 0; i < 3; i++)
        await runner.run(async () => {
          log.push(owner);
          await null;
        });
      runner.leave();
    };
    await Promise.all([chat("a"), chat("b")]);
    assert.equal(log.join(""), "ababab");
  });
});

describe("the fair queue", () => {
  const chat = (owner: string, name = owner) => ({ rank: PRIORITY_ORDER.chat, owner, name });
  /** The order in which all of them have their turns. */
  function order(waiting: ReturnType<typeof chat>[]): string {
    const turns = new FairQueue();
    const left = [...waiting];
    let names = "";
    while (left.length > 0) {
      const next = turns.next(left, () => true)!;
      turns.record(next);
      left.splice(left.indexOf(next), 1);
      names += next.name;
    }
    return names;
  }

  it("does not make one owner wait for everything that another has queued", () => {
    const queued = [1, 2, 3, 4, 5].map((n) => chat("a", String(n)));
    assert.equal(order([...queued, chat("b")]), "1b2345");
    assert.equal(order([...queued, chat("b"), chat("c"), chat("c", "d")]), "1bc2d345");
  });

  it("goes by rank first", () => {
    const [idle, edit] = [
      { ...chat("b", "i"), rank: PRIORITY_ORDER.idle },
      { ...chat("a", "e"), rank: PRIORITY_ORDER.edit },
    ];
    assert.equal(order([idle, chat("a"), edit, { ...edit, name: "f" }]), "efai");
  });

  it("skips waiters that are not allowed", () => {
    assert.equal(new FairQueue().next([chat("a"), chat("b")], ({ owner }) => owner === "b")?.owner, "b");
    assert.equal(
      new FairQueue().next([chat("a")], () => false),
      undefined,
    );
  });

  it("remembers a limited number of owners", () => {
    const turns = new FairQueue();
    for (let i = 0; i < 1000; i++) turns.record(chat(`owner${i}`));
    turns.record(chat("late"));
    assert.equal(turns.next([chat("late"), chat("owner999"), chat("owner1")], () => true)?.owner, "owner1");
  });
});
