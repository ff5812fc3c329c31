/** nemotron-server's arguments and output, for newcomers, scripts and logs. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { hostGone, newRuntime, TOY } from "../support/client.ts";
import { runCommand } from "../support/command.ts";

const run = promisify(execFile);
const COMMANDS = ["lsp", "serve", "agent", "models", "download", "backends", "completion"];
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

describe("nemotron-server's command line", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-cli-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints its version, and help for all commands and for each", async () => {
    for (const flag of ["--version", "-V"]) assert.equal((await runCommand([flag])).stdout, `${version}\n`);
    for (const args of [["-h"], ["--help"], ["help"], ["help", "help"]]) {
      const { code, stdout, stderr } = await runCommand(args);
      assert.deepEqual([code, stderr], [0, ""]);
      for (const command of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${command} `, "m"));
    }
    for (const command of COMMANDS) {
      const { code, stdout } = await runCommand(["help", command]);
      assert.deepEqual([code, stdout], [0, (await runCommand([command, "--help"])).stdout]);
      assert.match(stdout, /^usage: nemotron-server /);
    }
    assert.match((await runCommand(["help", "serve"])).stdout, /--port <n> .*8000/s);
  });

  it("suggests a correction for a typo and points to the usage, on one line", async () => {
    for (const [args, words] of [
      [["help", "serv"], /unknown command 'serv' \(Did you mean serve\?\)/],
      [["help", "me"], /unknown command 'me'/],
      [["serv"], /unknown command 'serv' \(Did you mean serve\?\) \(usage: nemotron-server help\)\n$/],
      [["serve", "--modl", "x"], /'--modl' \(Did you mean --model\?\) \(usage: nemotron-server help serve\)\n$/],
      [["--stdoi"], /'--stdoi' \(Did you mean --stdio\?\) \(usage: nemotron-server help lsp\)\n$/],
      [["backends", "instal"], /Allowed choices are install, remove\./],
      [["models", "extra"], /too many arguments/],
    ] as const) {
      const { code, stdout, stderr } = await runCommand([...args]);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, words);
      assert.equal(stderr.split("\n").length, 2, stderr);
    }
  });

  it("refuses paths that are not a model or a folder, and says why", async () => {
    const fifo = path.join(folder, "fifo");
    await run("mkfifo", [fifo]);
    for (const command of [["serve"], ["--stdio"]])
      for (const [model, words] of [
        ["", /It is empty/],
        [" ", /It is empty/],
        [folder, /It is a folder/],
        [fifo, /not a regular file/],
        ["/dev/null", /not a regular file/],
        [path.join(TOY, "x"), /leads through a file|no file/],
      ] as const) {
        if (command[0] === "--stdio" && model.startsWith(TOY)) continue;
        const { code, stdout, stderr } = await runCommand(
          [...command, "--model", model, "--port", "0"].slice(0, command[0] === "serve" ? undefined : 3),
        );
        assert.deepEqual([code === 0, stdout], [false, ""], `${command} ${model}`);
        assert.match(stderr, words);
        assert.doesNotMatch(stderr, /\n {4}at /);
      }
    for (const command of ["serve", "--stdio"]) {
      const { code, stderr } = await runCommand([command, "--model", TOY, "--keep-alive", "525601"]);
      assert.equal(code, 2);
      assert.match(stderr, /at most 525600 \(a year\), or "always"/);
    }
    for (const command of ["models", "download", "backends"])
      for (const bad of [TOY, path.join(TOY, "x"), ""]) {
        const { code, stderr } = await runCommand([command, "--folder", bad]);
        assert.equal(code, 2, stderr);
        assert.match(stderr, /It is a file|leads through a file|It is empty/);
      }
  });

  it("ends without a stack trace when its output cannot be written, and silently when its reader is gone", async () => {
    const full = openSync("/dev/full", "w");
    for (const args of [["help"], ["--version"], ["models", "--gpu", "off"]]) {
      const child = spawn(process.execPath, ["dist/server.mjs", ...args], { stdio: ["ignore", full, "pipe"] });
      let stderr = "";
      child.stderr?.on("data", (data) => {
        stderr += data;
      });
      const [code] = await once(child, "close");
      assert.deepEqual([code, stderr], [1, "The output cannot be written: the disk is full.\n"]);
      const gone = spawn(process.execPath, ["dist/server.mjs", ...args], { stdio: ["ignore", "pipe", "pipe"] });
      gone.stdout?.destroy();
      let said = "";
      gone.stderr?.on("data", (data) => {
        said += data;
      });
      assert.deepEqual([(await once(gone, "close"))[0], said], [0, ""]);
    }
    closeSync(full);
  });

  it("writes no escape codes, and progress as lines, when the output is not a terminal", async () => {
    for (const args of [["models", "--gpu", "off"], ["help"]])
      assert.ok(!(await runCommand(args)).stdout.includes("\u001b"));
    const { stderr } = await runCommand(
      [
        "download",
        "nemotron-3-nano-4b-q4_k_m",
        "--accept-license",
        "--mirror",
        "http://127.0.0.1:9",
        "--folder",
        folder,
      ],
      /requesting the file\n/,
    );
    assert.match(stderr, /^0 % · requesting the file$/m);
    assert.ok(!stderr.includes("\r") && !stderr.includes("\u001b"), stderr);
  });

  it("completes commands, options and their values", async () => {
    const complete = async (...words: string[]) =>
      (await runCommand(["complete", "--", ...words])).stdout.split("\n").map((line) => line.split("\t")[0]);
    for (const command of COMMANDS) assert.ok((await complete("")).includes(command), command);
    assert.deepEqual((await complete("serve", "--gp")).slice(0, 2), ["--gpu", "--gpu-layers"]);
    assert.deepEqual(await complete("serve", "--gpu", "v"), ["vulkan", ":4", ""]);
    assert.deepEqual(await complete("backends", "i"), ["install", ":4", ""]);
    // `:0` lets the shell complete files.
    assert.deepEqual(await complete("serve", "--model", "x"), [":0", ""]);
    assert.deepEqual(await complete("serve", "--model=x"), [":0", ""]);
    for (const shell of ["zsh", "fish", "powershell"])
      assert.match((await runCommand(["completion", shell])).stdout, /nemotron-server/);
    assert.equal((await runCommand(["completion", "tcsh"])).code, 2);
  });

  it("completes in bash, without running anything that was typed", async () => {
    const { stdout: script } = await runCommand(["completion", "bash"]);
    const owned = path.join(folder, "owned");
    const loaded = `${script}\n${script}\nnemotron-server() { "${process.execPath}" dist/server.mjs "$@"; }`;
    /** Completes words as bash passes them, split at `=` and `:`. */
    const complete = async (...words: string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(" ");
      const ask = `COMP_WORDS=(nemotron-server ${quoted}); COMP_CWORD=${words.length}; _nemotron_server_complete`;
      const { stdout } = await run("bash", ["--norc", "-c", `${loaded}\n${ask}\nprintf '%s ' "\${COMPREPLY[@]}"`]);
      return stdout.trim();
    };
    assert.equal(await complete("ser"), "serve");
    assert.equal(await complete("serve", "--gpu", "v"), "vulkan");
    assert.equal(await complete("serve", "--gpu", "=", "v"), "vulkan");
    assert.equal(await complete("serve", "--model", "x"), "");
    assert.equal(await complete("serve", "--api-key", `$(touch ${owned})`, "--mo"), "--model");
    assert.ok(!existsSync(owned));
  });

  it("tells a second serve with another file what is loaded, and how to serve both", async () => {
    const runtime = newRuntime();
    const env = { NEMOTRON_RUNTIME_DIR: runtime, NEMOTRON_STATES_DIR: path.join(runtime, "states") };
    const args = ["serve", "--port", "0", "--gpu", "off", "--context", "4096"];
    const first = spawn(process.execPath, ["dist/server.mjs", ...args, "--model", TOY], {
      env: { ...process.env, ...env },
    });
    first.stdout.resume();
    for await (const data of first.stderr) if (/is ready on/.test(String(data))) break;
    const other = path.join(folder, "it's other.gguf");
    cpSync(TOY, other);
    const { code, stdout, stderr } = await runCommand([...args, "--model", other], undefined, env);
    assert.deepEqual([code, stdout], [1, ""], stderr);
    assert.doesNotMatch(stderr, /is ready/);
    assert.match(stderr, /other\.gguf is not served: .* is loaded and used by other windows or programs\./);
    assert.ok(stderr.includes(`nemotron-server serve --model ${TOY}\n`), stderr);
    const [both] = /NEMOTRON_RUNTIME_DIR=\S+ nemotron-server serve --model '.*'$/m.exec(stderr) ?? [];
    assert.ok(both, stderr);
    // A shell reads the suggested path as the file's.
    const { stdout: said } = await run("sh", ["-c", `printf %s ${both.slice(both.indexOf("--model ") + 8)}`]);
    assert.equal(said, other);
    assert.ok(existsSync(said));
    first.kill("SIGINT");
    await once(first, "exit");
    await hostGone(runtime);
  });
});
