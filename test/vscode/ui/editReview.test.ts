/** The review of a proposal: its parts are kept or undone, with the mouse and keys, and it is undone as a whole. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { succeeds } from "../host/workbench.ts";
import { CART, EditorTab, lines, setTheme } from "./editor.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

/** The lines below `Item`, and the same code with three changes. */
const CODE = [9, 37] as const;
const CHANGES: [string, string][] = [
  ["  if (x < min) return min;\n", "  if (x < min) {\n    return min;\n  }\n"],
  ["    } else {\n      return false;\n", ""],
  ["  return sum;\n", "  console.log(sum);\n  return sum;\n"],
];
const withChanges = (text: string, ...which: number[]) =>
  which.reduce((changed, i) => changed.replace(...CHANGES[i]!), text);
const ALL = withChanges(CART, 0, 1, 2);
const answer = (text: string) => `\`\`\`ts\n${lines(text, 9)}\n\`\`\``;
const SCRIPT = [
  { match: "another import", answer: '```ts\nimport { priceOf } from "./costs";\n```' },
  { match: "braces everywhere", answer: answer(withChanges(CART, 0)) },
  { match: "braces", answer: answer(ALL) },
];

describe("a proposed edit", () => {
  let workbench: Workbench;
  before(async () => {
    const names = [
      "seen",
      "undone",
      "lenses",
      "keys",
      "kept",
      "rejected",
      "peek",
      "byKeys",
      "diff",
      "retry",
      "touched",
      "two",
      "closed",
    ];
    const repository = mkdtempSync(path.join(os.tmpdir(), "nemotron-repository-"));
    writeFileSync(path.join(repository, "base.txt"), "");
    for (const name of [...names, "light", "hc"]) writeFileSync(path.join(repository, `${name}.ts`), CART);
    commitAll(repository);
    workbench = await openWorkbench({
      workspace: repository,
      script: SCRIPT,
      settings: { "nemotron.thinking.budget.edit": "off", "workbench.editor.enablePreview": false },
    });
  });
  after(() => leaveWorkbench(workbench));

  async function proposed(name: string): Promise<EditorTab> {
    const tab = new EditorTab(workbench, `${name}.ts`);
    await tab.open();
    await tab.select(...CODE);
    await tab.edit("braces");
    await tab.lens("Keep All 3").first().waitFor();
    return tab;
  }
  const press = (key: string) => workbench.page.keyboard.press(key);

  it("shows each change with Keep and Undo", async () => {
    const tab = await proposed("seen");
    await tab.goTo(1);
    await workbench.shot("review-dark");
    assert.equal(await tab.lens("Keep").count(), 3);
    assert.equal(await tab.lens("Undo").count(), 3);
    assert.equal(await tab.lens(/Original Lines?/).count(), 2);
    assert.equal(await tab.saved(), ALL);
  });

  for (const theme of ["light", "hc"] as const)
    it(`is visible in the theme ${theme}`, async () => {
      const tab = await proposed(theme);
      await setTheme(workbench, theme);
      await tab.goTo(1);
      await tab.press(tab.lens("Show 1 Original Line"), workbench.page.locator(".peekview-widget"));
      await workbench.shot(`review-${theme}`);
      await press("Escape");
      await setTheme(workbench, "dark");
    });

  it("is undone in one step, byte for byte, and redone", async () => {
    const tab = await proposed("undone");
    await press("Control+z");
    await tab.lens("Keep").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), CART);
    await press("Control+y");
    await tab.lens("Keep All 3").first().waitFor();
    assert.equal(await tab.saved(), ALL);
  });

  it("is kept and undone part by part, with the lenses", async () => {
    const tab = await proposed("lenses");
    await tab.press(tab.lens("Undo").nth(1), tab.lens("Keep All 2"));
    await tab.press(tab.lens("Keep").first(), tab.lens("Keep All 2"), "detached");
    await tab.use("Undo");
    assert.equal(await tab.saved(), withChanges(CART, 0));
  });

  it("is kept and undone part by part, with keys", async () => {
    const tab = await proposed("keys");
    await tab.goTo(11);
    await press("Control+Alt+u");
    await tab.lens("Keep All 2").first().waitFor();
    await tab.goTo(20);
    await press("Control+Alt+j");
    await tab.lens("Keep All 2").first().waitFor({ state: "detached" });
    await press("Control+Alt+u");
    await tab.lens("Undo").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), withChanges(CART, 1));
  });

  it("is kept as a whole", async () => {
    const tab = await proposed("kept");
    await press("Control+Alt+Shift+j");
    await tab.lens("Undo").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), ALL);
  });

  it("is undone as a whole, exactly", async () => {
    const tab = await proposed("rejected");
    await press("Control+Alt+Shift+u");
    await tab.lens("Undo").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), CART);
  });

  it("keeps what the user writes into it", async () => {
    const tab = await proposed("touched");
    await tab.goTo(11);
    await press("End");
    await workbench.page.keyboard.type(" // mine");
    await tab.lens("Keep All 2").first().waitFor();
    await press("Control+Alt+Shift+u");
    await tab.lens("Undo").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), withChanges(CART, 0).replace("    return min;", "    return min; // mine"));
  });

  it("shows the original lines in a git repository, without git's buttons", async () => {
    const tab = await proposed("peek");
    const peek = workbench.page.locator(".peekview-widget");
    await tab.press(tab.lens("Show 2 Original Lines"), peek);
    await peek.locator(".view-line", { hasText: "return false;" }).waitFor();
    await workbench.shot("review-peek");
    assert.equal(await peek.getByRole("button", { name: /Stage|Revert/ }).count(), 0);
    await press("Escape");
    await peek.waitFor({ state: "detached" });
    assert.equal(await workbench.page.locator(".statusbar-item", { hasText: "proposed edits" }).count(), 0);
    await tab.press(tab.lens("Undo").nth(1), tab.line("return false;"));
    assert.equal(await tab.saved(), withChanges(CART, 0, 2));
  });

  it("is read and decided with keys, in the peek and in the diff", async () => {
    const tab = await proposed("byKeys");
    await tab.goTo(11);
    await workbench.commandByKeys("Show Original Lines");
    const peek = workbench.page.locator(".peekview-widget");
    await peek.locator(".view-line", { hasText: "if (x < min) return min;" }).waitFor();
    await press("Escape");
    await peek.waitFor({ state: "detached" });
    await tab.cursor();
    await press("Control+Alt+u");
    await tab.lens("Keep All 2").first().waitFor();
    await workbench.commandByKeys("Open Proposed Edit as Diff");
    const diff = workbench.page.locator(".monaco-diff-editor");
    await diff.locator(".modified .monaco-editor.focused").waitFor();
    const changes = diff.locator(".modified .line-insert");
    await changes.first().waitFor();
    // The extension learns of the diff a moment after it is visible.
    await workbench.until(async () => {
      await press("Control+Alt+Shift+j");
      return succeeds(changes.first().waitFor({ state: "detached", timeout: 3000 }));
    }, "all is kept");
    await workbench.shot("review-diff-keys");
    await workbench.runCommand("View: Close Editor");
    await tab.open();
    await tab.lens("Undo").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), withChanges(CART, 1, 2));
  });

  it("opens as a diff, with its actions in the title", async () => {
    const tab = await proposed("diff");
    const diff = workbench.page.locator(".monaco-diff-editor");
    await tab.press(tab.lens("Diff"), diff);
    await diff.locator(".original .view-line", { hasText: "return false;" }).waitFor();
    await workbench.shot("review-diff");
    assert.equal(await diff.locator(".modified .view-line", { hasText: "return false;" }).count(), 0);
    await workbench.page.locator(".editor-actions").getByRole("button", { name: "Undo All Changes" }).click();
    await workbench.runCommand("View: Close Editor");
    await tab.open();
    assert.equal(await tab.saved(), CART);
  });

  it("is retried with another instruction", async () => {
    const tab = await proposed("retry");
    await tab.press(tab.lens("Retry…"), tab.input);
    assert.equal(await tab.input.inputValue(), "braces");
    await workbench.shot("review-retry");
    await press("Escape");
    await tab.input.waitFor({ state: "hidden" });
    await workbench.commandByKeys("Retry Edit…");
    assert.equal(await tab.lens("Keep").count(), 3, "nothing was taken back");
    await workbench.until(async () => (await tab.input.inputValue()) === "braces", "the instruction is there again");
    await tab.input.fill("braces everywhere");
    await press("Enter");
    await tab
      .lens(/Keep All/)
      .first()
      .waitFor({ state: "detached" });
    await workbench.until(async () => (await tab.lens("Keep").count()) === 1, "one change is proposed");
    assert.equal(await tab.saved(), withChanges(CART, 0));
    await press("Control+z");
    await tab.lens("Keep").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), CART);
  });

  it("is retried alone, with its own instruction, if there are two", async () => {
    const tab = await proposed("two");
    await tab.select(1, 1);
    await tab.edit("another import");
    await tab.lens("Retry…").nth(1).waitFor();
    const asked: string[] = [];
    for (const which of [0, 1]) {
      await tab.press(tab.lens("Retry…").nth(which), tab.input);
      asked.push(await tab.input.inputValue());
      await workbench.shot("review-two");
      await press("Escape");
      await tab.input.waitFor({ state: "hidden" });
    }
    assert.deepEqual(asked.sort(), ["another import", "braces"]);
  });

  it("stays open while its file is closed, also in another window, and is counted meanwhile", async () => {
    const tab = await proposed("closed");
    assert.equal(await tab.saved(), ALL);
    await workbench.runCommand("View: Close Editor");
    await tab.element.waitFor({ state: "detached" });
    const counted = workbench.page.locator(".statusbar-item", { hasText: /files? with edits/ });
    await counted.waitFor();
    await workbench.shot("review-counted");
    await tab.open();
    await tab.lens("Keep All 3").first().waitFor();
    await workbench.reload();
    await counted.waitFor();
    await tab.open();
    await tab.lens("Keep All 3").first().waitFor();
    await press("Control+Alt+Shift+u");
    await tab.lens("Undo").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), CART);
  });
});

function commitAll(folder: string): void {
  const who = ["-c", "user.name=Tests", "-c", "user.email=tests@localhost", "-c", "commit.gpgsign=false"];
  for (const command of [
    ["init", "--quiet"],
    ["add", "."],
    ["commit", "--quiet", "--message", "Begin"],
  ])
    execFileSync("git", [...who, ...command], { cwd: folder });
}
