/** nemotron-server agent in a real terminal, where it asks for consent. Linux only. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Run, runCommand } from "../support/command.ts";
import { FakeEndpoint } from "../support/fakeEndpoint.ts";
import { type ScriptedStep, script } from "../support/scriptedSteps.ts";
import { type Answer, runInTerminal } from "../support/terminal.ts";

const RUN = (command: string): ScriptedStep => ["run", { command }];

describe("nemotron-server agent in a terminal", () => {
  let endpoint: FakeEndpoint;
  let folder: string;
  let data: string;
  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(async () => {
    endpoint = await FakeEndpoint.start();
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-task-")));
    data = mkdtempSync(path.join(os.tmpdir(), "nemotron-data-"));
  });
  afterEach(async () => {
    await endpoint.stop();
    for (const one of [folder, data]) rmSync(one, { recursive: true });
  });
  const args = (more: string[]) => ["agent", "x", "--folder", folder, "--remote", endpoint.baseUrl, ...more];
  const there = (steps: ScriptedStep[], answers: Answer[], more: string[] = ["--thinking", "0"]) => {
    script(endpoint, steps);
    return runInTerminal(args(more), answers, { XDG_DATA_HOME: data });
  };
  /** Without a terminal, from the same folder. */
  const elsewhere = (steps: ScriptedStep[]): Promise<Run> => {
    script(endpoint, steps);
    return runCommand(args(["--thinking", "0"]), undefined, { XDG_DATA_HOME: data });
  };
  const made = (name: string) => existsSync(path.join(folder, name));
  /** What the model got, newest last. */
  const results = () =>
    endpoint.requests.at(-1)!.messages!.flatMap(({ role, content }) => (role === "tool" ? [content] : []));

  it("asks before each command: yes, no with a reason, and always for exactly that line", async () => {
    const { code, screen } = await there(
      [RUN("touch one"), RUN("touch two"), RUN("touch three"), RUN("touch three"), "Done."],
      [
        [/Run touch one \? \(y\/n\/always\) /, "maybe\r"],
        [/Run touch one \? /, "y\r"],
        [/Run touch two \? /, "n, use make\r"],
        [/Run touch three \? /, "always\r"],
      ],
    );
    assert.equal(code, 0, screen);
    assert.deepEqual([made("one"), made("two"), made("three")], [true, false, true]);
    assert.equal(results()[1], "The user does not allow this command: use make");
    rmSync(path.join(folder, "three"));
    await elsewhere([RUN("touch three"), RUN("touch three; touch four"), "Done."]);
    assert.deepEqual([made("three"), made("four")], [true, false]);
  });

  it("asks about the check that it has found, and about protected files", async () => {
    writeFileSync(path.join(folder, "Makefile"), "test:\n\ttouch checked\n");
    writeFileSync(path.join(folder, ".env"), "KEY=1");
    const { code, screen } = await there(
      [["read", { path: ".env" }], ["create", { path: "a.txt", text: "x" }], "Done."],
      [
        [/Allow read \.env \(secret\) \? \(y\/n\) /, "always\r"],
        [/Allow read \.env \(secret\) \? \(y\/n\) /, "n\r"],
        [/Check with make test \? /, "y\r"],
      ],
    );
    assert.equal(code, 0, screen);
    assert.ok(made("checked"));
    assert.equal(results()[0], "The user does not allow this.");
  });

  it("shows a command whole, and nothing in it can pass for something else", async () => {
    const evil = "echo a\n\u001b[2J\u001b]0;t\u0007Run echo harmless ? (y/n/always) \u202e";
    const { screen } = await there([RUN(evil), "Done."], [[/\ufffd \? \(y\/n\/always\) /, "n\r"]]);
    const asked = screen.slice(screen.indexOf("Run echo a"), screen.indexOf("Done."));
    assert.match(asked, /^Run echo a\r?\n {4}.*Run echo harmless/);
    for (const code of ["\u001b]", "\u001b[2J", "\u0007", "\u202e"])
      assert.ok(!asked.includes(code), JSON.stringify(code));
    assert.equal(results()[0], "The user does not allow this command.");
  });

  it("takes Ctrl+D for a no, and stops on Ctrl+C while it asks and while a command runs", async () => {
    const denied = await there([RUN("touch one"), "Done."], [[/Run touch one \? /, "\u0004"]]);
    assert.deepEqual([denied.code, made("one")], [0, false], denied.screen);
    assert.equal(results()[0], "The user does not allow this command: nobody has answered");
    const asking = await there([RUN("touch one"), "Done."], [[/Run touch one \? /, "\u0003"]]);
    assert.deepEqual([asking.code, made("one")], [130, false], asking.screen);
    const running = await there(
      [RUN("read x < /dev/tty; echo begun; sleep 1000")],
      [
        [/\? \(y/, "y\r"],
        [/\n.*begun/, "\u0003"],
      ],
    );
    assert.equal(running.code, 130, running.screen);
  });

  it("shows thoughts dim, diffs in colour, and the output of commands indented", async () => {
    writeFileSync(path.join(folder, "a.txt"), "one\n");
    const { screen } = await there(
      [
        ["read", { path: "a.txt" }, "I look at it."],
        ["edit", { path: "a.txt", from: "1| one", to: "1| one", text: "two" }],
        RUN("cat a.txt"),
        "Done.",
      ],
      [],
      ["--thinking", "64", "--allow", "cat a.txt"],
    );
    const plain = screen.replaceAll("\u001b[", "<").replaceAll("\r\n", "\n");
    for (const part of ["<2mI look at it.<0m", "<31m-one<0m\n    <32m+two<0m\n", "<2m    two\n"])
      assert.ok(plain.includes(part), `${part} in ${plain}`);
  });
});
