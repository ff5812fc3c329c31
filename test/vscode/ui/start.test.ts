import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { leaveWorkbench, openWorkbench, SAMPLE, type Workbench } from "./fixture.ts";

describe("the workbench", () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench(SAMPLE);
  });
  after(() => leaveWorkbench(workbench));

  it("opens with the extension in its status bar", async () => {
    await workbench.statusItem.filter({ hasText: "Nemotron" }).waitFor();
    const picture = await workbench.shot("start");
    assert.ok(statSync(picture).size > 10_000);
  });

  it("does not delay the start of VS Code", async () => {
    await workbench.runCommand("Developer: Show Running Extensions");
    const extension = workbench.page.locator(".runtime-extensions-editor .monaco-list-row", { hasText: "Nemotron" });
    const time = await extension.locator(".activation-time").textContent();
    assert.match(time ?? "", /\d+ms/);
    console.log(`      (${time})`);
    await workbench.shot("running-extensions");
    await workbench.page.keyboard.press("Escape");
    await extension.waitFor({ state: "hidden" });
  });

  it("runs a command from the palette", async () => {
    await workbench.runCommand("Nemotron: Show Log");
    await workbench.page.locator(".part.panel .output-view").waitFor();
  });
});
