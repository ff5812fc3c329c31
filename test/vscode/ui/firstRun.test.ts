/** What users see without a model, with a broken one, or in a folder that they do not trust. */
import assert from "node:assert/strict";
import { ChatPanel } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

describe("the first run", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench({ settings: { "nemotron.model": "" } });
    chat = new ChatPanel(workbench);
  });
  after(() => leaveWorkbench(workbench));

  it("says in the status bar that a model is missing", () =>
    workbench.statusItem.filter({ hasText: "choose a model" }).waitFor());

  it("offers the model that fits the machine, and sends nothing", async () => {
    await chat.open();
    await chat.getModel.waitFor();
    await chat.input.fill("Hello");
    assert.equal(await chat.button("Send").isDisabled(), true);
    await workbench.shot("first-run");
    await chat.input.fill("");
  });

  it("takes the user's own file, loads it, and is ready", async () => {
    await chat.button("Choose Another…").click();
    const list = workbench.page.locator(".quick-input-list");
    await list.getByText("recommended").waitFor();
    await workbench.shot("first-run-models");
    await list.getByRole("option", { name: "Use Your Own File…" }).click();
    const input = workbench.page.locator(".quick-input-widget input");
    await workbench.page.getByText("Choose a Nemotron model").waitFor();
    await workbench.shot("first-run-dialog");
    await input.fill(workbench.toy);
    await list.getByRole("option", { name: "nemotron-h-toy.gguf" }).waitFor();
    await workbench.page.getByRole("button", { name: "Use This Model" }).click();
    await list.getByRole("option", { name: "Use in its current folder" }).click();
    await chat.frame.locator(".welcome .examples").waitFor();
    await workbench.page.locator(".notification-toast", { hasText: "is loaded on the CPU" }).waitFor();
    await workbench.shot("first-run-loaded");
    await chat.ask("Hello");
    await chat.answered("tiny test model");
  });
});

describe("a folder that is not trusted, and a model that is broken", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench({
      trust: false,
      theme: "light",
      settings: { "nemotron.model": "/nowhere/nemotron.gguf" },
      files: {
        ".vscode/settings.json": JSON.stringify({
          "nemotron.thinking.mode": "off",
          "nemotron.model": "/etc/hostname",
        }),
      },
    });
    chat = new ChatPanel(workbench);
  });
  after(() => workbench?.stop());

  it("works in Restricted Mode, without the folder's own settings", async () => {
    await workbench.page.getByText("Restricted Mode").first().waitFor();
    await workbench.statusItem.filter({ hasText: "Nemotron 1K" }).waitFor();
    await chat.open();
    await chat.frame.locator(".welcome").waitFor();
    await workbench.shot("restricted");
  });

  it("reports the missing file, and what to do", async () => {
    await chat.input.fill("Hello");
    await chat.frame.getByText("The model is not running").waitFor();
    await chat.frame.getByText("/nowhere/nemotron.gguf").first().waitFor();
    await workbench.shot("failed");
    await chat.input.press("Enter");
    await chat.last.locator(".problem.failed").waitFor();
    await chat.last.getByRole("button", { name: "Retry" }).waitFor();
    await workbench.shot("failed-reply");
    await workbench.statusItem.click();
    await workbench.page.locator(".notification-toast").getByRole("button", { name: "Choose Model…" }).waitFor();
    await workbench.shot("failed-status");
  });
});
