/** The manifest and the code name the same commands and settings: nothing else would tell of a typo. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

const { contributes, main, activationEvents } = JSON.parse(readFileSync("package.json", "utf8"));
const source = (file: string) => readFileSync(file, "utf8");
const sorted = (values: string[]) => [...values].sort();

describe("the manifest", () => {
  it("has the commands that are registered, and titles for them", () => {
    const registered = [...source("src/commands.ts").matchAll(/^ {2}"(nemotron\.\w+)":/gm)].map(([, id]) => id!);
    const declared = contributes.commands.map(({ command }: { command: string }) => command);
    assert.ok(registered.length > 0);
    assert.deepEqual(sorted(declared), sorted(registered));
    for (const { title, category } of contributes.commands) assert.ok(title && category === "Nemotron");
  });

  it("has the settings that are read, each with a type, a default and a description", () => {
    const type = /export type Settings = \{([\s\S]*?)\n\};/u.exec(source("src/config.ts"))![1]!;
    const read = [...type.matchAll(/^ {2}"?([\w.]+)"?: /gm)].map(([, key]) => `nemotron.${key}`);
    const declared = contributes.configuration.properties;
    assert.deepEqual(sorted(Object.keys(declared)), sorted(read));
    for (const [key, setting] of Object.entries<Record<string, unknown>>(declared))
      assert.ok(setting.type && setting.default !== undefined && setting.description, key);
  });

  it("lets no repository choose what is loaded", () => {
    for (const key of ["model", "contextTokens", "gpu", "gpuLayers", "threads"])
      assert.equal(contributes.configuration.properties[`nemotron.${key}`].scope, "machine", key);
  });

  it("names a bundle that is built, and activates without being in the way", () => {
    assert.ok(existsSync(main));
    assert.deepEqual(activationEvents, ["onStartupFinished"]);
  });

  it("uses only its own commands in menus", () => {
    const declared = new Set(contributes.commands.map(({ command }: { command: string }) => command));
    for (const entries of Object.values<{ command: string }[]>(contributes.menus))
      for (const { command } of entries) assert.ok(declared.has(command), command);
  });
});
