import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { openWorkbench, type Workbench } from "./fixture.ts";

describe("the workbench", () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({ file: "cart.ts" });
  });
  after(() => workbench?.stop());

  it("opens with the extension in its status bar", async () => {
    await workbench.statusItem.filter({ hasText: "Nemotron" }).waitFor();
    const picture = await workbench.shot("start");
    assert.ok(statSync(picture).size > 10_000);
  });

  it("runs a command from the palette", async () => {
    await workbench.runCommand("Nemotron: Show Log");
    await workbench.page.locator(".part.panel .output-view").waitFor();
  });

  it("comes back after a reload", async () => {
    await workbench.reload();
    assert.match((await workbench.statusItem.textContent()) ?? "", /Nemotron/);
  });
});
