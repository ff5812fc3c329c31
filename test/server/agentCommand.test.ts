/** nemotron-server agent, with a remote endpoint that gives scripted replies. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readAnswer } from "../../server/cli/agentConsent.ts";
import type { AgentProgress, AgentResult } from "../../server/protocol.ts";
import { hostPid, isRunning, newRuntime } from "../support/client.ts";
import { type Run, runCommand } from "../support/command.ts";
import { FakeEndpoint } from "../support/fakeEndpoint.ts";
import { until } from "../support/savedStates.ts";
import { type ScriptedStep as Reply, script } from "../support/scriptedSteps.ts";

const FILE = "def add(a, b):\r\n    return a - b\r\n";
const LINE = "2|     return a - b";
const READ: Reply = ["read", { path: "add.py" }];
const EDIT: Reply = ["edit", { path: "add.py", from: LINE, to: LINE, text: "    return a + b" }];
const REPAIR: Reply[] = [READ, EDIT, "It adds now."];
const CHECK = ["--check", "grep -q 'a + b' add.py"];

describe("nemotron-server agent", () => {
  let endpoint: FakeEndpoint;
  let folder: string;
  let data: string;
  beforeEach(async () => {
    endpoint = await FakeEndpoint.start();
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-task-")));
    data = mkdtempSync(path.join(os.tmpdir(), "nemotron-data-"));
    writeFileSync(path.join(folder, "add.py"), FILE);
  });
  afterEach(async () => {
    await endpoint.stop();
    rmSync(folder, { recursive: true });
    rmSync(data, { recursive: true });
  });
  const content = () => readFileSync(path.join(folder, "add.py"), "utf8");

  async function agent(replies: Reply[], args: string[] = [], interruptAt?: RegExp): Promise<Run> {
    script(endpoint, replies);
    const all = ["agent", "make add add", "--folder", folder, "--remote", endpoint.baseUrl, "--thinking", "0", ...args];
    return runCommand(all, interruptAt, { XDG_DATA_HOME: data, NEMOTRON_REMOTE_KEY: "a key of ours" });
  }
  const events = ({ stdout }: Run): AgentProgress[] =>
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const resultOf = (run: Run) => events(run).at(-1) as unknown as AgentResult & { type: "result" };
  const undo = () => runCommand(["agent", "--undo", "--folder", folder], undefined, { XDG_DATA_HOME: data });

  it("repairs a file, checks it, and shows what it does; --undo restores every byte", async () => {
    const run = await agent(REPAIR, CHECK);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(content(), FILE.replace("-", "+"));
    assert.match(
      run.stdout,
      /● read add\.py\n● edit add\.py · .*\n {4}@@ .*\n[\s\S]*\n {4}- +return a - b\n {4}\+ +return a \+ b\n/,
    );
    assert.match(
      run.stdout,
      /● check grep -q 'a \+ b' add\.py\n {4}exit status 0\nChecked: it passes\.\nDone\.\n3 steps · 1 file changed/,
    );
    const undone = await undo();
    assert.deepEqual([undone.code, undone.stdout, content()], [0, "Restored add.py\n", FILE]);
    assert.equal((await undo()).code, 1);
  });

  it("exits with 1 if the check fails or is missing, and with 0 if nothing was changed", async () => {
    assert.equal((await agent(REPAIR, ["--check", "exit 1"])).code, 1);
    writeFileSync(path.join(folder, "add.py"), FILE);
    assert.equal((await agent(REPAIR)).code, 1);
    assert.equal((await agent(["It is a function."])).code, 0);
  });

  it("writes one object a line with --json", async () => {
    const run = await agent(REPAIR, [...CHECK, "--json"]);
    const types = events(run).map(({ type }) => type);
    assert.deepEqual([types[0], types.at(-1)], ["prompt", "result"]);
    for (const type of [
      "step",
      "call",
      "observation",
      "edit",
      "command",
      "commandEnd",
      "verification",
      "messages",
    ] as const)
      assert.ok(types.includes(type), type);
    const { outcome, verdict, steps } = resultOf(run);
    assert.deepEqual([outcome, verdict, steps], ["done", "passed", 3]);
  });

  it("runs without a terminal only commands that --allow names exactly or --yes allows", async () => {
    const command: Reply = ["run", { command: "touch made; echo $NEMOTRON_REMOTE_KEY; echo done" }];
    const denied = await agent([command, "I see."], ["--allow", "touch made", "--json"]);
    const observations = (run: Run) =>
      events(run).flatMap((event) => (event.type === "observation" ? [event.text] : []));
    assert.deepEqual(observations(denied), ["The user does not allow this command: nobody can be asked"]);
    const allowed = await agent(
      [command, "I see."],
      ["--allow", "touch made; echo $NEMOTRON_REMOTE_KEY; echo done", "--json"],
    );
    assert.deepEqual(observations(allowed), ["Exit status 0.\n\ndone"]);
    assert.deepEqual(observations(await agent([command, "I see."], ["--yes", "--json"])), ["Exit status 0.\n\ndone"]);
    const secret = path.join(folder, ".env");
    writeFileSync(secret, "KEY=1");
    assert.match(
      observations(await agent([["read", { path: ".env" }], "I see."], ["--yes", "--json"]))[0]!,
      /does not allow this/,
    );
  });

  it("asks the endpoint again with only the possible calls, and exits with 2 when it is stuck", async () => {
    const run = await agent([READ, ["edit", { path: "add.py", from: "9| x", to: "9| x", text: "y" }]], ["--json"]);
    assert.equal(run.code, 2);
    assert.equal(resultOf(run).outcome, "stuck");
    const [, , again] = endpoint.requests as {
      tool_choice?: string;
      tools: { function: { name: string; parameters: { properties: Record<string, object> } } }[];
    }[];
    assert.equal(again!.tool_choice, "required");
    const edit = again!.tools.find((tool) => tool.function.name === "edit")!.function.parameters.properties;
    assert.deepEqual(edit.from, { enum: ["1| def add(a, b):", LINE] });
    assert.equal((await agent([READ], ["--steps", "1"])).code, 2);
  });

  it("stops on Ctrl+C together with a command's processes, and its changes can be undone", async () => {
    const pidFile = path.join(data, "pid");
    const replies: Reply[] = [READ, EDIT, ["run", { command: `sleep 1000 & echo $! > ${pidFile}; echo begun; wait` }]];
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const run = await stopWhen([/^ {4}begun/m], ["--yes"], replies, signal);
      assert.equal(run.code, 130, signal);
      assert.match(run.stdout, /Stopped\./);
      await until(() => !isRunning(Number(readFileSync(pidFile, "utf8"))));
      assert.equal((await undo()).code, 0);
      assert.equal(content(), FILE);
    }
  });

  it("leaves no process behind when it is interrupted twice", async () => {
    const pidFile = path.join(data, "pid");
    const command = `trap 'echo stays' TERM; echo $$ > ${pidFile}; echo begun; while true; do sleep 1000; done`;
    const run = await stopWhen([/^ {4}begun/m, /^ {4}stays/m], ["--yes"], [["run", { command }]]);
    assert.equal(run.code, 130);
    await until(() => !isRunning(Number(readFileSync(pidFile, "utf8"))));
  });

  it("stops in the check after edits", async () => {
    const run = await stopWhen([/^ {4}begun/m], ["--check", "echo begun; sleep 1000"], REPAIR);
    assert.equal(run.code, 130);
    assert.equal(content(), FILE.replace("-", "+"));
  });

  /** Sends the signal each time the output matches the next pattern. */
  async function stopWhen(
    patterns: RegExp[],
    args: string[],
    replies: Reply[],
    signal: NodeJS.Signals = "SIGINT",
  ): Promise<Run> {
    script(endpoint, replies);
    const all = [
      "dist/server.mjs",
      "agent",
      "x",
      "--folder",
      folder,
      "--remote",
      endpoint.baseUrl,
      "--thinking",
      "0",
      ...args,
    ];
    const child = spawn(process.execPath, all, { env: { ...process.env, XDG_DATA_HOME: data } });
    const run: Run = { code: null, stdout: "", stderr: "" };
    child.stderr.setEncoding("utf8").on("data", (said) => {
      run.stderr += said;
    });
    child.stdout.setEncoding("utf8").on("data", (said) => {
      run.stdout += said;
      if (!patterns[0]?.test(run.stdout)) return;
      patterns.shift();
      child.kill(signal);
    });
    return new Promise((resolve) => child.once("close", (code) => resolve({ ...run, code })));
  }

  it("shows nothing that could control the terminal", async () => {
    const evil = "\u001b]0;title\u0007\u001b[2J\u202eevil";
    writeFileSync(path.join(folder, "add.py"), `# ${evil}\n`);
    const replies: Reply[] = [READ, ["run", { command: `printf '\\033]0;t\\007x'` }], `Done ${evil}`];
    const run = await agent(replies, ["--yes"]);
    assert.doesNotMatch(run.stdout, /[^\P{Cc}\n\t]|\u202e/u);
  });

  it("escapes in JSON what a terminal could obey, and ends each object with the only line end", async () => {
    const evil = "\u001b[2J\u009b2J\u2028\u0007";
    writeFileSync(path.join(folder, "add.py"), `# ${evil}\n`);
    const { stdout, code } = await agent([READ, `Done ${evil}`], ["--json"]);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]|\u2028/u);
    for (const line of stdout.trimEnd().split("\n")) assert.equal(typeof JSON.parse(line).type, "string");
    assert.ok(stdout.endsWith("\n"));
  });

  it("exits with an error if the endpoint fails, and its edits can be undone", async () => {
    script(endpoint, [READ, EDIT]);
    const { chat } = endpoint;
    endpoint.chat = (answer) => {
      if (answer.nth < 2) return chat(answer);
      answer.response.writeHead(400, { "content-type": "application/json" });
      answer.response.end(JSON.stringify({ error: { message: "no such thing" } }));
    };
    const args = ["agent", "x", "--folder", folder, "--remote", endpoint.baseUrl, "--thinking", "0"];
    const run = await runCommand(args, undefined, { XDG_DATA_HOME: data });
    assert.deepEqual([run.code, /no such thing/.test(run.stderr)], [1, true], run.stderr);
    assert.equal(content(), FILE.replace("-", "+"));
    assert.equal((await undo()).stdout, "Restored add.py\n");
    assert.equal(content(), FILE);
  });

  it("leaves what was changed since as it is with --undo, names it, and exits with 1", async () => {
    await agent([...REPAIR.slice(0, 2), ["create", { path: "n\u202eew.txt", text: "x" }], "Done."], ["--check", ""]);
    writeFileSync(path.join(folder, "add.py"), "mine");
    const { code, stdout, stderr } = await undo();
    assert.deepEqual([code, stderr], [1, "Kept add.py: it was changed since.\n"]);
    assert.equal(stdout, "Restored n\ufffdew.txt\n");
    assert.equal(content(), "mine");
  });

  it("says what is wrong with its arguments", async () => {
    const file = path.join(folder, "add.py");
    const missing = path.join(folder, "missing");
    const remote = ["--remote", endpoint.baseUrl];
    const cases: [args: string[], code: number, says: RegExp][] = [
      [["--folder", folder], 2, /Say what to do/],
      [["x", "--folder", file, ...remote], 2, /It is a file/],
      [["x", "--steps", "many"], 2, /whole number/],
      [["x", "--thinking", "-1"], 2, /whole number/],
      [["x", "--allow", ""], 2, /empty/],
      [["x", "--forever"], 2, /unknown option/],
      [["x", "y"], 2, /too many arguments/],
      [["x", "--folder", missing, ...remote], 1, /missing does not exist/],
      [["--undo", "--folder", missing], 1, /missing does not exist/],
      [["--undo", "--folder", folder], 1, /There is no run to undo/],
      [["x", "--folder", folder, "--remote", "nonsense"], 1, /is not valid/],
      [["x", "--folder", folder, "--model", `${missing}.gguf`], 1, /missing\.gguf does not exist/],
    ];
    const runtime = newRuntime();
    const runs = await Promise.all(
      cases.map(([args]) =>
        runCommand(["agent", ...args], undefined, { XDG_DATA_HOME: data, NEMOTRON_RUNTIME_DIR: runtime }),
      ),
    );
    const host = hostPid(runtime);
    if (host) process.kill(host);
    for (const [i, [args, code, says]] of cases.entries()) {
      assert.equal(runs[i]!.code, code, args.join(" "));
      assert.match(runs[i]!.stderr, says);
      assert.equal(runs[i]!.stdout, "");
    }
  });

  it("understands the user's answers to a request for consent", () => {
    assert.deepEqual(readAnswer("y", true), { answer: "yes" });
    assert.deepEqual(readAnswer("Yes ", true), { answer: "yes" });
    assert.deepEqual(readAnswer("n", true), { answer: "no" });
    assert.deepEqual(readAnswer("n, use make", true), { answer: "no", why: "use make" });
    assert.deepEqual(readAnswer("always", true), { answer: "always" });
    for (const odd of ["", "yy", "nope", "a b c d"]) assert.ok(readAnswer(odd, false) === undefined, odd);
  });
});
