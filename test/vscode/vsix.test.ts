/** The VSIX itself: what it contains, and that its engine runs where VS Code has unpacked it. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Status } from "../../server/protocol.ts";
import { Client } from "../support/client.ts";
import { installHost } from "./host/install.ts";
import { extensionFolder, installVsix, vsixOfThisPlatform } from "./host/vsix.ts";

const ping = { messages: [{ role: "user" as const, content: "ping" }], thinking: { mode: "off" as const } };
type Ready = Extract<Status, { type: "ready" }>;

describe("the VSIX", function () {
  this.timeout(120_000);
  let folder: string;
  let files: string[];
  before(() => {
    folder = extensionFolder(installVsix(installHost()));
    files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  });
  const read = (file: string) => readFileSync(path.join(folder, file), "utf8");

  it("is smaller than 60 MB", () => assert.ok(statSync(vsixOfThisPlatform()).size < 60e6));

  it("has a manifest without what only development needs", () => {
    const manifest = JSON.parse(read("package.json"));
    for (const key of ["devDependencies", "scripts", "private", "overrides"])
      assert.equal(manifest[key], undefined, key);
    const ours = JSON.parse(readFileSync("package.json", "utf8"));
    assert.deepEqual(manifest.contributes, ours.contributes);
    assert.equal(manifest.dependencies["node-llama-cpp"], ours.dependencies["node-llama-cpp"]);
    for (const [name, version] of Object.entries(manifest.dependencies))
      assert.equal(JSON.parse(read(`node_modules/${name}/package.json`)).version, version, name);
  });

  it("ships what runs, and neither sources nor models", () => {
    const foreign = files.filter((file) => /\.(ts|tsx|map|gguf|py|bundle)$/.test(file));
    assert.deepEqual(foreign, []);
    assert.deepEqual(
      readdirSync(folder)
        .filter((file) => !/^(\.|package\.nls\.)/.test(file))
        .sort(),
      [
        "LICENSE.txt",
        "THIRD-PARTY-NOTICES.txt",
        "changelog.md",
        "dist",
        "l10n",
        "media",
        "node_modules",
        "package.json",
        "readme.md",
      ],
    );
    for (const name of ["extension.cjs", "connection.cjs", "server.mjs"])
      assert.doesNotMatch(read(`dist/${name}`), /sourceMappingURL/);
  });

  it("has a README without links into the repository", () => {
    const targets = [...read("readme.md").matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(([, a, b]) => (a ?? b)!);
    assert.ok(targets.length > 0);
    for (const target of targets) assert.match(target, /^(https:|#)/, target.slice(0, 80));
  });

  it("names the licenses of bundled packages", () => {
    const named = [...read("THIRD-PARTY-NOTICES.txt").matchAll(/^(@?[\w/.-]+) \d+\.\d+\.\d+ \(.+\)$/gm)].map(
      ([, name]) => name,
    );
    for (const name of ["preact", "vscode-languageserver", "diff", "@vscode/codicons"])
      assert.ok(named.includes(name), `${name} is not among ${named.join(", ")}`);
  });

  it("answers on the CPU", async () => {
    const client = await Client.toy([], { module: path.join(folder, "dist/server.mjs") });
    assert.match((await client.chat(ping)).answer, /pong/);
    const { model } = await client.until<Ready>((status) => status.type === "ready");
    assert.equal(model.backend, "cpu");
    await client.stop();
  });

  it("finds its Vulkan binary, and survives when the device aborts", async function () {
    const device = existsSync("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json");
    if (!device && process.env.CI !== "true") this.skip();
    assert.ok(device, "mesa-vulkan-drivers is not installed");
    const client = await Client.start({
      module: path.join(folder, "dist/server.mjs"),
      args: ["--model", path.resolve("test/models/nemotron-h-toy.gguf"), "--gpu", "auto"],
      env: { GGML_VK_VISIBLE_DEVICES: "0" },
    });
    assert.match((await client.chat(ping)).answer, /pong/);
    const backends = client.statuses.flatMap((status) => (status.type === "loading" && status.backend) || []);
    assert.deepEqual([...new Set(backends)], ["vulkan", "cpu"]);
    await client.stop();
  });
});
