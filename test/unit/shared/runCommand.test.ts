/** Commands end with every process that they have started, and get no variables of this project. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runCommand } from "../../../server/shared/runCommand.ts";
import { isRunning } from "../../support/client.ts";
import { until } from "../../support/savedStates.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-commands-"));

async function run(
  command: string,
  timeoutMs = 20_000,
  signal = new AbortController().signal,
  onText = (_: string) => {},
) {
  let output = "";
  const onOutput = (text: string) => {
    output += text;
    onText(output);
  };
  const end = await runCommand(command, folder, { timeoutMs, signal, onOutput });
  return { ...end, output };
}

describe("a command", () => {
  it("returns its exit code, and its output without colours", async () => {
    assert.deepEqual(await run("printf '\\033[31mred\\033[0m'; echo err >&2; exit 2"), {
      exitCode: 2,
      output: "rederr\n",
    });
  });

  it("has no input", async () => {
    assert.deepEqual(await run('cat; read x; echo "<$x>"'), { exitCode: 0, output: "<>\n" });
  });

  it("gets none of the project's variables", async () => {
    process.env.NEMOTRON_REMOTE_KEY = "secret";
    try {
      const { output } = await run("env");
      assert.doesNotMatch(output, /NEMOTRON|secret/);
      assert.match(output, /PATH=/);
    } finally {
      delete process.env.NEMOTRON_REMOTE_KEY;
    }
  });

  it("ends at its time limit, with its process group", async () => {
    const { stopped, output } = await run("sleep 1000 & echo $!; trap '' TERM; sleep 1000", 300);
    assert.equal(stopped, "time");
    await until(() => !isRunning(Number(output)));
  });

  it("ends when it is stopped, and leaves nothing in the background", async () => {
    const stop = new AbortController();
    const { stopped, exitCode } = await run("echo begun; sleep 1000", 20_000, stop.signal, () => stop.abort());
    assert.deepEqual([stopped, exitCode], ["user", undefined]);
    const { output, exitCode: code } = await run("sleep 1000 & echo $!");
    assert.equal(code, 0);
    await until(() => !isRunning(Number(output)));
  });

  it("ends when it floods", async () => {
    const { stopped, output } = await run("yes");
    assert.equal(stopped, "output");
    assert.ok(output.length < 32 * 1024 ** 2);
  });

  it("ends though a process that has left its group has the output open", async function () {
    if (process.platform !== "linux") this.skip();
    const { exitCode, output } = await run("setsid sleep 1000 & echo $!; exit 4");
    process.kill(Number(output), "SIGKILL");
    assert.equal(exitCode, 4);
    const { stopped, output: other } = await run("setsid sleep 1000 & echo $!; sleep 1000", 300);
    process.kill(Number(other), "SIGKILL");
    assert.equal(stopped, "time");
  });

  it("that a signal ends has an exit code, as in a shell", async () => {
    assert.deepEqual(await run("kill -9 $$"), { exitCode: 137, output: "" });
  });

  it("that cannot be started is an error", async () => {
    await assert.rejects(run("echo \0"));
    await assert.rejects(run(`: ${"x".repeat(4 * 1024 ** 2)}`));
    assert.equal((await run("true")).exitCode, 0);
  });

  it("cannot ask at the terminal", async () => {
    const { exitCode, output } = await run("read x < /dev/tty && echo $x");
    assert.ok(exitCode !== 0, output);
  });

  it("runs in its folder", async () => {
    await run("echo x > made.txt");
    assert.equal(readFileSync(path.join(folder, "made.txt"), "utf8"), "x\n");
  });
});
