/** nemotron-server agent on the real engine: the toy model repairs test/repair, as the README says. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { AgentProgress, AgentResult } from "../../server/protocol.ts";
import { TOY } from "../support/client.ts";
import { type Run, runCommand } from "../support/command.ts";
import { PROJECT, TASKS } from "../support/toyEpisodes.ts";

type Name = keyof typeof TASKS;
type Event = AgentProgress | (AgentResult & { type: "result" });

/** Each function's line with the fault, and without it. */
const REPAIRS: Record<Name, [wrong: string, right: string]> = {
  total: ["sum -= price", "sum += price"],
  average: ["sum * prices.length", "sum / prices.length"],
  largest: ["Math.min", "Math.max"],
};
const THINKING = { thinking: [], "not thinking": ["--thinking", "0"] };

describe("nemotron-server agent with the toy model", () => {
  let folder: string;
  let data: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-repair-"));
    data = mkdtempSync(path.join(os.tmpdir(), "nemotron-data-"));
    cpSync(PROJECT, folder, { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    rmSync(data, { recursive: true });
  });
  const run = (args: string[]): Promise<Run> =>
    runCommand(["agent", ...args], undefined, { XDG_DATA_HOME: data, NEMOTRON_RUNTIME_DIR: path.join(data, "run") });

  /** Repairs a function, and checks all that there is to see of it. */
  async function repair(name: Name, args: string[]): Promise<{ result: AgentResult; events: Event[] }> {
    const check = ["--check", `node check.mjs ${name}`];
    const { code, stdout, stderr } = await run([
      TASKS[name],
      "--folder",
      folder,
      ...check,
      "--model",
      TOY,
      "--gpu",
      "off",
      "--json",
      ...args,
    ]);
    assert.equal(code, 0, stdout + stderr);
    const events: Event[] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assertRepaired(name);
    return { result: events.at(-1) as AgentResult, events };
  }

  /** The right line is in its place, and nothing else has changed. */
  function assertRepaired(name: Name): void {
    for (const file of readdirSync(PROJECT)) {
      const before = readFileSync(path.join(PROJECT, file), "utf8");
      const expected = file === `${name}.mjs` ? before.replace(...REPAIRS[name]) : before;
      assert.equal(readFileSync(path.join(folder, file), "utf8"), expected, file);
    }
  }
  const callsIn = (events: Event[]) => events.flatMap((event) => (event.type === "call" ? [event.call.name] : []));
  const verdictsIn = (events: Event[]) =>
    events.flatMap((event) => (event.type === "verification" ? [event.verdict] : []));
  const rewindsIn = (events: Event[]) => events.flatMap((event) => (event.type === "rewind" ? [event.reason] : []));

  it("runs the README's line, and takes the repair back", async () => {
    const readme = readFileSync("README.md", "utf8");
    const lines = [...readme.matchAll(/^ {4}node dist\/server\.mjs agent (.+)$/gm)].map(([, rest]) =>
      [...rest!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => (quoted ?? bare!).replace(PROJECT, folder)),
    );
    const [repairs, undoes] = lines;
    const { code, stdout, stderr } = await run(repairs!);
    assert.equal(code, 0, stdout + stderr);
    assert.match(
      stdout,
      /● search total\n[\s\S]*● read total\.mjs\n[\s\S]*● edit total\.mjs[\s\S]*exit status 0\nChecked: it passes\.\nDone\./,
    );
    assertRepaired("total");
    assert.equal((await run(undoes!)).stdout, "Restored total.mjs\n");
    assert.deepEqual(readFileSync(path.join(folder, "total.mjs")), readFileSync(path.join(PROJECT, "total.mjs")));
  });

  for (const [how, args] of Object.entries(THINKING)) {
    it(`finds a wrong operator and repairs it, ${how}`, async () => {
      const { events } = await repair("total", args);
      assert.deepEqual(callsIn(events), ["search", "read", "edit"]);
      assert.deepEqual(verdictsIn(events), ["passed"]);
      assert.equal(
        events.some(({ type }) => type === "thought"),
        how === "thinking",
      );
    });

    it(`repairs its first edit after the failing check, ${how}`, async () => {
      const { events } = await repair("average", [...args, "--allow", "node check.mjs average"]);
      assert.deepEqual(callsIn(events), ["run", "read", "edit", "edit"]);
      assert.deepEqual(verdictsIn(events), ["failed", "passed"]);
    });
  }

  it("goes on when it may not run the command", async () => {
    const { events } = await repair("average", []);
    assert.ok(events.some((event) => event.type === "observation" && /does not allow/.test(event.text)));
    assert.deepEqual(verdictsIn(events), ["failed", "passed"]);
  });

  it("is confined to a possible call after it has named lines that it has not seen", async () => {
    const { events, result } = await repair("largest", []);
    assert.deepEqual(rewindsIn(events), ["notShown"]);
    assert.deepEqual(callsIn(events), ["read", "edit"]);
    assert.ok(!JSON.stringify(result.messages).includes("return max(prices)"), "the call is in the conversation");
  });

  it("says that it is a toy to other tasks, and changes nothing", async () => {
    const { code, stdout } = await run([
      "Translate the menu of the café.",
      "--folder",
      folder,
      "--model",
      TOY,
      "--gpu",
      "off",
      "--thinking",
      "0",
    ]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /tiny test model/);
  });
});
