import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { newRuntime, TOY } from "../support/client.ts";

describe("Neovim", () => {
  it("explains and edits with its built-in client, and undoes the edit in one step", async function () {
    this.timeout(120_000);
    const there = spawnSync("nvim", ["--version"]).status === 0;
    if (!there && process.env.CI !== "true") this.skip();
    assert.ok(there, "Neovim is not installed");
    const directory = await mkdtemp(path.join(os.tmpdir(), "neovim-"));
    try {
      const sample = path.join(directory, "cart.ts");
      await copyFile("test/samples/cart.ts", sample);
      const { stdout } = await promisify(execFile)(
        "nvim",
        ["--headless", "-u", "NONE", "-n", "-c", "luafile test/server/neovim.lua"],
        {
          env: {
            ...process.env,
            SAMPLE: sample,
            MODEL: TOY,
            XDG_STATE_HOME: directory,
            NEMOTRON_STATES_DIR: path.join(directory, "states"),
            NEMOTRON_RUNTIME_DIR: newRuntime(),
          },
          timeout: 110_000,
        },
      );
      const report = JSON.parse(stdout.trim().split("\n").at(-1)!);
      assert.equal(report.error, undefined);
      assert.ok(
        ["Explain", "Refactor", "Document", "Write tests"].every((title) => report.titles.includes(title)),
        report.titles,
      );
      assert.match(report.explanation, /clamp/);
      assert.match(report.edited, /isEven\(n/);
      assert.doesNotMatch(report.edited, /return true/);
      assert.equal(report.undone, true);
      assert.equal(await readFile(sample, "utf8"), await readFile("test/samples/cart.ts", "utf8"));
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
