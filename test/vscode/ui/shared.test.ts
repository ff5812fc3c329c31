/** What a window shows of a shared engine, and what it asks before it takes the engine from others. */
import assert from "node:assert/strict";
import { findProcess } from "../../support/processes.ts";
import { type ScriptedSharing, scriptedLoads, writeSharing } from "../host/scripted.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

const GiB = 1024 ** 3;
const OTHERS = { windows: 1, editors: 0, terminals: 1, busy: false };
const SCRIPT = [{ match: "", answer: "It is so." }];

let workbench: Workbench;
let chat: ChatPanel;
const shares = (sharing: ScriptedSharing) => writeSharing(workbench.server.directory, sharing);
const loads = () => scriptedLoads(workbench.server.directory);
const shows = (text: string | RegExp) => workbench.statusItem.filter({ hasText: text }).waitFor();
const toast = (text: string | RegExp) => workbench.page.locator(".notification-toast").filter({ hasText: text });
const dialog = () => workbench.page.locator(".monaco-dialog-box", { hasText: "Unload the model?" });
const label = async () => (await workbench.statusItem.locator("a").getAttribute("aria-label")) ?? "";

async function open(sharing: ScriptedSharing, theme: "dark" | "light"): Promise<void> {
  workbench = await openWorkbench({ theme, file: "cart.ts", script: SCRIPT, sharing });
  chat = new ChatPanel(workbench);
  await chat.open();
}

for (const theme of ["dark", "light"] as const)
  describe(`an engine that others use, in a ${theme} window`, () => {
    before(() => open({ others: OTHERS, heldBytes: 1.9 * GiB }, theme));
    after(() => leaveWorkbench(workbench));

    it("appears in the status bar with its users and its memory", async () => {
      await chat.input.focus();
      await workbench.until(async () => /Also used by 1 other window and a terminal/.test(await label()), "it is told");
      await workbench.statusItem.hover();
      const tooltip = workbench.page.locator(".monaco-hover", {
        hasText: "Also used by 1 other window and a terminal.",
      });
      await tooltip.getByText("Memory: 1.9 GiB of RAM in use").waitFor();
      await tooltip.getByText("Unload").waitFor();
      await workbench.shot(`shared-tooltip-${theme}`);
      await workbench.page.mouse.move(500, 300);
    });

    it("makes the window wait, and say so, while it is busy for others", async () => {
      shares({ others: { ...OTHERS, terminals: 0, busy: true } });
      await chat.ask("Is it so?");
      await shows("Nemotron waiting");
      await chat.frame.locator(".banner", { hasText: "Busy for another window" }).waitFor();
      await workbench.shot(`shared-busy-${theme}`);
      shares({ others: OTHERS });
      await chat.answered("It is so.");
      await shows("Nemotron 1K");
    });

    it("is not unloaded without a question that names the others", async () => {
      await workbench.runCommand("Nemotron: Unload Model");
      await dialog().filter({ hasText: "It is also used by 1 other window and a terminal." }).waitFor();
      await workbench.shot(`shared-unload-${theme}`);
      await dialog().getByRole("button", { name: "Cancel" }).click();
      await dialog().waitFor({ state: "hidden" });
      assert.match(await textOf(workbench.statusItem), /Nemotron 1K/);
      await workbench.runCommand("Nemotron: Unload Model");
      await dialog().getByRole("button", { name: "Unload" }).click();
      await shows("Nemotron: not loaded");
    });
  });

describe("an engine that nobody else uses", () => {
  before(() => open({}, "dark"));
  after(() => leaveWorkbench(workbench));

  it("is unloaded at once", async () => {
    await chat.ask("Is it so?");
    await chat.answered("It is so.");
    await workbench.runCommand("Nemotron: Unload Model");
    await shows("Nemotron: not loaded");
    assert.equal(await dialog().count(), 0);
  });

  it("says why its model is gone, and loads it again with the next question", async () => {
    await workbench.runCommand("Nemotron: Load Model");
    await toast("is loaded").waitFor();
    await workbench.runCommand("Notifications: Clear All Notifications");
    const before = loads().length;
    shares({ gone: "Memory ran short." });
    await workbench.until(async () => /Memory ran short\. The next request loads it again/.test(await label()), "why");
    await chat.frame
      .locator(".banner", { hasText: "Memory ran short. Your next question loads the model again" })
      .waitFor();
    await workbench.shot("shared-gone");
    await chat.ask("And now?");
    await chat.answered("It is so.");
    assert.equal(loads().length, before + 1);
  });

  it("loads its model again with an edit, too", async () => {
    const before = loads().length;
    shares({ gone: "Unloaded by another window." });
    await shows("Nemotron: not loaded");
    await workbench.editor("cart.ts").locator(".view-line", { hasText: "function clamp" }).click();
    await workbench.page.keyboard.press("Control+i");
    await workbench.until(async () => loads().length > before, "the model is loaded for the edit");
    await shows("Nemotron 1K");
    await workbench.page.keyboard.press("Escape");
  });
});

describe("an engine with another model for others", () => {
  const OTHER = "/models/Nemotron-3-Nano-4B.gguf";
  const refused = () => toast("Nemotron-3-Nano-4B is loaded and is used by 2 other windows.");
  before(() => open({ other: OTHER, others: { ...OTHERS, windows: 2, terminals: 0 } }, "light"));
  after(() => leaveWorkbench(workbench));

  it("lets the user choose the model, and loads nothing meanwhile", async () => {
    await chat.input.focus();
    await refused().waitFor();
    await shows("Nemotron: other model");
    await workbench.shot("shared-other-model-light");
    assert.deepEqual(loads(), []);
    await workbench.runCommand("Notifications: Clear All Notifications");
    await chat.ask("Is it so?");
    await chat.last.locator(".problem", { hasText: "This window is set to use nemotron-h-toy" }).waitFor();
    await chat.last.getByRole("button", { name: "Use the Loaded Model" }).waitFor();
    await workbench.shot("shared-other-model-chat");
    assert.equal(await refused().count(), 0);
  });

  it("does not ask again after a restart of the server, but on a click in the status bar", async () => {
    const server = () => findProcess(workbench.server.pid, "server");
    const before = server();
    // A click during the start would do something else. The start can be so short that every frame has to be checked.
    const starts = workbench.page.waitForFunction(
      `!document.querySelector('.statusbar-item[id$=".nemotron.status"]')?.textContent.includes("other model")`,
    );
    await Promise.all([starts, workbench.runCommand("Nemotron: Restart Server")]);
    await workbench.until(async () => server() !== before && server() !== undefined, "another server runs");
    await shows("Nemotron: other model");
    assert.equal(await refused().count(), 0);
    await workbench.statusItem.click();
    await refused().getByRole("button", { name: "Use Nemotron-3-Nano-4B Here" }).click();
    await toast("Nemotron-3-Nano-4B is loaded on the CPU").waitFor();
    await workbench.runCommand("Notifications: Clear All Notifications");
    await chat.last.getByRole("button", { name: "Retry" }).click();
    await chat.answered("It is so.");
    assert.deepEqual(loads().at(-1), [OTHER, "join"]);
  });

  it("remembers the answer after a reload, and says that the settings differ", async () => {
    const before = loads().length;
    await workbench.reload();
    await chat.open();
    await chat.input.focus();
    await workbench.until(async () => loads().length > before, "the window has joined");
    assert.deepEqual(loads().at(-1), [OTHER, "join"]);
    await shows("Nemotron 1K");
    const tooltip = await workbench.tooltip("This window is set to use");
    await tooltip.getByText("Load Mine for All Windows").waitFor();
    await workbench.shot("shared-joined");
    assert.equal(await refused().count(), 0);
    await tooltip.getByText("Load Mine for All Windows").click();
    await toast("nemotron-h-toy is loaded").waitFor();
    assert.match(loads().at(-1)!.join(), /nemotron-h-toy\.gguf,replace$/);
  });
});

describe("an engine of a newer version", () => {
  before(() => open({ updated: true }, "dark"));
  after(() => leaveWorkbench(workbench));

  it("asks to reload the window, with one click", async () => {
    await chat.input.focus();
    await shows("Nemotron: reload");
    await chat.frame.locator(".welcome", { hasText: "Reload this window to continue." }).waitFor();
    await workbench.shot("shared-updated");
    const again = workbench.page.waitForNavigation();
    await toast("updated in another window").getByRole("button", { name: "Reload Window" }).click();
    await again;
    shares({});
    await workbench.statusItem.filter({ hasText: "Nemotron 1K" }).waitFor();
  });
});
