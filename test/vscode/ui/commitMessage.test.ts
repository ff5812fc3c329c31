/** Commit messages in a real repository, written into the input of the source control view. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type ScriptedReply, writeScript } from "../host/scripted.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

const MESSAGE = "Totals begin at zero\n\nThe sum of no items is zero, whatever was there before.";
const reply = (rest: Partial<ScriptedReply> = {}): ScriptedReply => ({
  match: "Changes in cart.ts",
  answer: MESSAGE,
  ...rest,
});

describe("commit messages", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-repository-"));
  let workbench: Workbench;
  before(async () => {
    cpSync("test/samples", folder, { recursive: true });
    git(folder, "init", "--quiet");
    git(folder, "add", ".");
    git(folder, "commit", "--quiet", "--message", "Carts have items");
    appendFileSync(path.join(folder, "cart.ts"), "\nexport const empty = 0;\n");
    workbench = await openWorkbench({
      workspace: folder,
      script: [reply()],
      settings: { "git.enabled": true, "git.autofetch": false },
    });
    await workbench.page.keyboard.press("Control+Shift+g");
    await workbench.page.locator(".scm-view .monaco-list-row", { hasText: "cart.ts" }).waitFor();
  });
  after(async () => {
    await leaveWorkbench(workbench);
    rmSync(folder, { recursive: true, force: true });
  });

  const script = (...replies: ScriptedReply[]) => writeScript(workbench.server.directory, replies);
  const input = () => workbench.page.locator(".scm-editor .monaco-editor").first();
  const written = async () =>
    (await input().locator(".view-line").allTextContents()).join("\n").replaceAll("\u00a0", " ");
  const button = (name: RegExp) => workbench.page.locator(".sidebar").getByRole("button", { name }).first();
  const clear = async () => {
    await input().click();
    await workbench.page.keyboard.press("Control+a");
    await workbench.page.keyboard.press("Delete");
  };

  it("are written by the view's icon, from the change and the repository's earlier messages", async () => {
    script({ match: "Carts have items", answer: MESSAGE });
    // A view shows its icons only while it has the pointer or the focus.
    await workbench.page.locator(".scm-view").first().hover();
    await button(/Write Commit Message/).waitFor();
    await workbench.shot("commit-icon");
    await button(/Write Commit Message/).click();
    await input().locator(".view-line", { hasText: "whatever was there before." }).waitFor();
    await workbench.shot("commit-message");
    assert.match(await written(), /^Totals begin at zero\n/);
  });

  for (const how of ["mouse", "keys"])
    it(`appear word by word, and stop by ${how}`, async () => {
      const tell = (command: string) =>
        how === "keys" ? workbench.commandByKeys(command) : button(new RegExp(command)).click();
      await clear();
      script(reply({ holds: "whatever" }));
      await tell("Write Commit Message");
      await input().locator(".view-line", { hasText: "Totals begin" }).waitFor();
      await workbench.shot("commit-writing");
      await tell("Stop Commit Message");
      await button(/Write Commit Message/).waitFor();
      assert.doesNotMatch(await written(), /whatever/);
    });

  it("keep the user's own text when they fail", async () => {
    await clear();
    await workbench.page.keyboard.type("Mine");
    script(reply({ answer: "Totals", error: "engineCrashed" }));
    await button(/Write Commit Message/).click();
    await workbench.page.locator(".notification-toast", { hasText: "Nemotron" }).waitFor();
    await workbench.until(async () => (await written()).trim() === "Mine", "what was written is back");
  });

  it("are not written without a change", async () => {
    await workbench.runCommand("Notifications: Clear All Notifications");
    git(workbench.workspace, "checkout", "--quiet", "--", ".");
    await workbench.runCommand("Git: Refresh");
    await workbench.page.locator(".scm-view .monaco-list-row", { hasText: "cart.ts" }).waitFor({ state: "detached" });
    await workbench.runCommand("Nemotron: Write Commit Message");
    await workbench.page.locator(".notification-toast", { hasText: "There are no changes" }).waitFor();
    await workbench.shot("commit-nothing");
  });
});

function git(folder: string, ...command: string[]): void {
  const who = ["-c", "user.name=Tests", "-c", "user.email=tests@localhost", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...who, ...command], { cwd: folder });
}
