/** Owners share what one model can do: the gate's steps, and the slots, by the same rule. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Priority } from "../../../server/engine/engine.ts";
import { Gate } from "../../../server/engine/gate.ts";
import { RANK, Turns } from "../../../server/engine/turns.ts";

const STEPS = 120;
/** A seat that always has work; `from`: the number of the step at which it is taken, `for`: how many steps it wants. */
type Request = { owner: string; priority: Priority; from: number; steps: number };

const key = ({ owner, priority }: { owner: string; priority: Priority }) => `${priority} ${owner}`;
const ticks = async (count: number) => {
  for (let i = 0; i < count; i++) await null;
};

/** Lets the requests have their steps, each of which takes some microtasks, and tells who had which. */
async function play(requests: Request[], pauses: number[]): Promise<string[]> {
  const gate = new Gate();
  const log: string[] = [];
  const over: Promise<void>[] = [];
  const start = async (request: Request) => {
    const seat = gate.join(request.priority, request.owner);
    for (let i = 0; i < request.steps; i++) {
      await seat.run(async () => {
        log.push(key(request));
        await ticks(pauses[log.length % pauses.length]!);
        for (const later of requests) if (later.from === log.length) over.push(start(later));
      });
    }
    seat.leave();
  };
  for (const first of requests) if (first.from === 0) over.push(start(first));
  for (let done = 0; done < over.length; done++) await over[done];
  return log;
}

const owner = fc.constantFrom("a", "b", "c", "d");
const priority = fc.constantFrom<Priority>("edit", "chat", "idle");
const pauses = fc.array(fc.nat(6), { minLength: 1, maxLength: 8 });

describe("owners at the gate", () => {
  it("share it evenly in each rank, however many seats each of them has", async () => {
    const seats = fc.array(fc.record({ owner, priority }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(seats, pauses, async (seats, pauses) => {
        const requests = seats.map((seat) => ({ ...seat, from: 0, steps: STEPS }));
        const left = new Map<string, number>();
        for (const seat of seats) left.set(key(seat), (left.get(key(seat)) ?? 0) + STEPS);
        const had = new Map([...left.keys()].map((name) => [name, 0]));
        for (const name of await play(requests, pauses)) {
          had.set(name, had.get(name)! + 1);
          // Until one of the rank has had all that it wanted.
          const rank = [...left].filter(([other]) => other.split(" ")[0] === name.split(" ")[0]);
          if (rank.some(([other, all]) => had.get(other) === all)) continue;
          const counts = rank.map(([other]) => had.get(other)!);
          assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${rank}: ${counts}`);
        }
      }),
    );
  });

  it("wait for one step of each other owner at most, whenever they come; a more urgent rank goes first", async () => {
    const request = fc.record({ owner, priority, from: fc.nat(60), steps: fc.integer({ min: 1, max: 30 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), pauses, async (requests, pauses) => {
        requests[0]!.from = 0;
        const log = await play(requests, pauses);
        const ranks = (["edit", "chat", "idle"] as const).map((rank) => log.filter((name) => name.startsWith(rank)));
        for (const steps of ranks) {
          // Between two steps of an owner that goes on, no other owner has two, unless the first had nothing to do.
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

  it("are told apart by rank: what somebody had of edits is not held against their chats", async () => {
    const gate = new Gate();
    const log: string[] = [];
    const edits = gate.join("edit", "a");
    for (let i = 0; i < 10; i++) await edits.run(async () => {});
    edits.leave();
    const chat = async (owner: string) => {
      const seat = gate.join("chat", owner);
      for (let i = 0; i < 3; i++)
        await seat.run(async () => {
          log.push(owner);
          await null;
        });
      seat.leave();
    };
    await Promise.all([chat("a"), chat("b")]);
    assert.equal(log.join(""), "ababab");
  });
});

describe("turns", () => {
  const chat = (owner: string, name = owner) => ({ rank: RANK.chat, owner, name });
  /** In which order all of them have their turns. */
  function order(waiting: ReturnType<typeof chat>[]): string {
    const turns = new Turns();
    const left = [...waiting];
    let names = "";
    while (left.length > 0) {
      const next = turns.next(left, () => true)!;
      turns.had(next);
      left.splice(left.indexOf(next), 1);
      names += next.name;
    }
    return names;
  }

  it("do not make one owner wait for all that another has queued", () => {
    const queued = [1, 2, 3, 4, 5].map((n) => chat("a", String(n)));
    assert.equal(order([...queued, chat("b")]), "1b2345");
    assert.equal(order([...queued, chat("b"), chat("c"), chat("c", "d")]), "1bc2d345");
  });

  it("go by rank before all else", () => {
    const [idle, edit] = [
      { ...chat("b", "i"), rank: RANK.idle },
      { ...chat("a", "e"), rank: RANK.edit },
    ];
    assert.equal(order([idle, chat("a"), edit, { ...edit, name: "f" }]), "efai");
  });

  it("are given to nobody who may not", () => {
    assert.equal(new Turns().next([chat("a"), chat("b")], ({ owner }) => owner === "b")?.owner, "b");
    assert.equal(
      new Turns().next([chat("a")], () => false),
      undefined,
    );
  });

  it("remember a bounded number of owners", () => {
    const turns = new Turns();
    for (let i = 0; i < 1000; i++) turns.had(chat(`owner${i}`));
    turns.had(chat("late"));
    assert.equal(turns.next([chat("late"), chat("owner999"), chat("owner1")], () => true)?.owner, "owner1");
  });
});
