/** The manifest and the code name the same commands and settings: nothing else would find a typo. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { BUDGETS } from "../../../media/messages.ts";
import { MAX_KEEP_ALIVE_MINUTES } from "../../../server/protocol.ts";
import { remedyTitles } from "../../../src/errors/remedies.ts";
import { VENDOR } from "../../../src/lm/information.ts";
import { COMMANDS } from "../../../src/participant/commands.ts";
import { ACTIONS } from "../../../src/text/budgets.ts";

const { contributes, main, activationEvents, capabilities } = JSON.parse(readFileSync("package.json", "utf8"));
const source = (file: string) => readFileSync(file, "utf8");
const sources = () =>
  readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file, source(`src/${file}`)] as const);
const sorted = (values: string[]) => [...values].sort();

describe("the manifest", () => {
  it("has the commands that are registered, and titles for them", () => {
    const tables = ["src", "src/chat", "src/edit"].map((folder) => source(`${folder}/commands.ts`)).join("\n");
    const registered = [...tables.matchAll(/^ {2}"(nemotron\.\w+)":/gm)].map(([, id]) => id!);
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
      assert.ok(
        setting.type && setting.default !== undefined && (setting.description ?? setting.markdownDescription),
        key,
      );
  });

  it("gives each setting its place in the list", () => {
    const orders = Object.values<{ order: number }>(contributes.configuration.properties).map(({ order }) => order);
    assert.deepEqual(
      orders,
      orders.map((_, index) => index + 1),
    );
  });

  it("offers the budgets that the chat's page knows, with a sensible one for each action", () => {
    const { properties } = contributes.configuration;
    const defaults = ACTIONS.map((action) => {
      const setting = properties[`nemotron.thinking.budget.${action}`];
      assert.deepEqual(setting.enum, BUDGETS);
      assert.equal(setting.enumDescriptions.length, BUDGETS.length);
      return setting.default;
    });
    assert.deepEqual(defaults, ["1024", "256", "off", "512", "1024", "256"]);
  });

  it("keeps a model loaded for a minute, and unloads it for another reason only if that is configured", () => {
    const { properties } = contributes.configuration;
    assert.equal(properties["nemotron.engine.keepAliveMinutes"].default, 1);
    const { minimum, maximum } = properties["nemotron.engine.keepAliveMinutes"];
    assert.deepEqual([minimum, maximum], [-1, MAX_KEEP_ALIVE_MINUTES]);
    for (const key of ["lowMemory", "onBattery"]) {
      const setting = properties[`nemotron.engine.${key}`];
      assert.deepEqual([setting.default, setting.enum], ["keep", ["keep", "unload"]]);
      assert.equal(setting.enumDescriptions.length, 2);
    }
  });

  it("offers no trace that would log what is said", () => {
    assert.deepEqual(contributes.configuration.properties["nemotron.trace.server"].enum, ["off", "messages"]);
  });

  it("takes no setting from a folder that is not trusted", () => {
    const { supported, restrictedConfigurations } = capabilities.untrustedWorkspaces;
    assert.equal(supported, "limited");
    assert.deepEqual(sorted(restrictedConfigurations), sorted(Object.keys(contributes.configuration.properties)));
  });

  it("has the commands that remedies and the status bar lead to", () => {
    const declared = contributes.commands.map(({ command }: { command: string }) => command);
    const linked = [...source("src/status/statusBar.ts").matchAll(/link\(.*?, "(\w+)"/g)].map(([, id]) => id!);
    assert.ok(linked.length > 3);
    const clicked = ["chooseModel", "loadModel", "toggleThinking", "showProblem"];
    const remedies = Object.keys(remedyTitles()).filter((id) => id !== "reloadWindow");
    for (const id of [...remedies, ...linked, ...clicked]) assert.ok(declared.includes(`nemotron.${id}`), id);
  });

  it("lets no repository, trusted or not, choose what is loaded, from where, what runs or where anything is sent", () => {
    // Thinking and sampling are a matter of taste, which a project may set.
    const ofTaste = /^nemotron\.(?:thinking|sampling)\./;
    for (const [key, { scope }] of Object.entries<{ scope?: string }>(contributes.configuration.properties))
      assert.equal(scope, ofTaste.test(key) ? undefined : "machine", key);
  });

  it("lets no link of a web page, and no task or debugger of a repository, start the extension", () => {
    assert.ok(!activationEvents.some((event: string) => /^on(?:Uri|Debug|Task|FileSystem)/.test(event)));
    for (const point of ["taskDefinitions", "debuggers", "terminal", "jsonValidation", "customEditors"])
      assert.equal(contributes[point], undefined, point);
    for (const [file, code] of sources()) assert.doesNotMatch(code, /registerUriHandler/, file);
  });

  it("comes with an extension that runs nothing but what the user has allowed the agent, and trusts no Markdown but its own commands", () => {
    for (const [file, code] of sources()) {
      assert.doesNotMatch(code, /executeTask|startDebugging|child_process|supportHtml|sendSequence/, file);
      // Shell code of an answer is typed for the user, who presses Enter or not.
      // The agent's terminal shows a command that the user has allowed. Only its own file starts one.
      if (file === "agent/terminal.ts") assert.doesNotMatch(code, /sendText|terminal\.paste/, file);
      else {
        assert.doesNotMatch(code, /runCommand\(/, file);
        if (file !== "edit/codeBlocks.ts") assert.doesNotMatch(code, /createTerminal|sendText|terminal\.paste/, file);
      }
      for (const [, run] of code.matchAll(/sendText\(\w+(.*?)\)/g)) assert.equal(run, ", false", file);
      for (const [, trusted] of code.matchAll(/isTrusted = (.*)/g))
        assert.match(trusted!, /^\{ enabledCommands: /, file);
    }
  });

  it("names the language model and the chat participant that the code registers", () => {
    const [{ vendor }] = contributes.languageModelChatProviders;
    assert.equal(vendor, VENDOR);
    const [{ id, commands }] = contributes.chatParticipants;
    assert.ok(source("src/participant/participant.ts").includes(`PARTICIPANT = "${id}"`));
    assert.deepEqual(
      commands.map(({ name }: { name: string }) => name),
      COMMANDS,
    );
  });

  it("names a bundle that is built, and activates after VS Code's startup", () => {
    assert.ok(existsSync(main));
    assert.deepEqual(activationEvents, ["onStartupFinished"]);
  });

  it("has the walkthrough that a command opens, with the pictures of its steps and the commands of its links", () => {
    const { publisher, name } = JSON.parse(source("package.json"));
    const [{ id, steps }] = contributes.walkthroughs;
    assert.ok(source("src/commands.ts").includes(`"${publisher}.${name}#${id}"`));
    const declared = contributes.commands.map(({ command }: { command: string }) => command);
    const texts: Record<string, string> = JSON.parse(source("package.nls.json"));
    for (const { description, media } of steps) {
      for (const picture of Object.values<string>(media.image)) assert.ok(existsSync(picture), picture);
      const links = [...texts[description.slice(1, -1)]!.matchAll(/\(command:([\w.]+)\)/g)].map(
        ([, command]) => command,
      );
      assert.ok(links.length > 0);
      for (const command of links) assert.ok(declared.includes(command), command);
    }
  });

  it("uses only its own commands in menus", () => {
    const declared = new Set(contributes.commands.map(({ command }: { command: string }) => command));
    for (const { id } of contributes.submenus) declared.add(id);
    for (const entries of Object.values<{ command?: string; submenu?: string }[]>(contributes.menus))
      for (const { command, submenu } of entries) assert.ok(declared.has(command ?? submenu), command ?? submenu);
    for (const { command } of contributes.keybindings) assert.ok(declared.has(command), command);
  });
});
