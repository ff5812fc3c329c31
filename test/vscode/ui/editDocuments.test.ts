/** Edits of documents of every kind: the result is exact, and one undo restores the file byte for byte. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { writeScript } from "../host/scripted.ts";
import { CART, EditorTab, IS_EVEN, isEvenReply, lines, SIMPLER } from "./editor.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

const toTabs = (text: string) => text.replace(/^(?: {2})+/gm, (spaces) => "\t".repeat(spaces.length / 2));
const toCrlf = (text: string) => text.replaceAll("\n", "\r\n");
const withEmoji = (text: string) => text.replace("/** A small", "/** 🛒 é 漢字 👩‍👩‍👧 A small");
const total = (body: string) => `export function total(items: Item[]) {\n${body}}`;
const TOTAL = { match: "total", answer: `\`\`\`ts\n${total("  return 0;\n")}\n\`\`\`` };

/** `undone`: the text after undo, if the editor itself has changed more than the edit. */
type Case = {
  name: string;
  before: string;
  after: string;
  select: readonly [number, number];
  instruction?: string;
  undone?: string;
};
const isEven = (name: string, change: (text: string) => string): Case => ({
  name,
  before: change(CART),
  after: change(SIMPLER),
  select: IS_EVEN,
});
const CASES: Case[] = [
  isEven("tabs", toTabs),
  isEven("crlf", toCrlf),
  isEven("emoji", withEmoji),
  isEven("bom", (text) => `\uFEFF${text}`),
  isEven("nonewline", (text) => text.trimEnd()),
  // VS Code uses one kind of line ending per document, and converts all to the most frequent one.
  { ...isEven("mixed", (text) => text), before: CART.replace(/\n/, "\r\n"), undone: CART },
  {
    name: "lastlines",
    before: CART.trimEnd(),
    after: CART.trimEnd().replace(/export function total[\s\S]*/, total("  return 0;\n")),
    select: [31, 37],
    instruction: "make total nothing",
  },
  {
    name: "oneline",
    before: "const a = 1;",
    after: "const a: number = 1;",
    select: [1, 1],
    instruction: "annotate a",
  },
  { name: "emptyfile", before: "", after: "const fresh = 1;", select: [1, 1], instruction: "something fresh" },
];
const notebook = {
  cells: [{ cell_type: "code", source: lines(CART, 31).split(/^/m), metadata: {}, outputs: [], execution_count: null }],
  metadata: { language_info: { name: "typescript" } },
  nbformat: 4,
  nbformat_minor: 5,
};
/** An edit of it leaves something for a formatter to change. */
const PLAIN = "export function isOdd(n) {\n  if (n % 2 === 1) {\n    return true;\n  }\n  return false;\n}\n";
const UNFORMATTED = { match: "isOdd", answer: "```js\nexport function isOdd(n) {\n  return n%2===1;\n}\n```" };
const SCRIPT = [
  UNFORMATTED,
  { match: "something fresh", answer: "```ts\nconst fresh = 1;\n```" },
  { match: "annotate a", answer: "```ts\nconst a: number = 1;\n```" },
  { ...TOTAL, match: "make total nothing" },
  isEvenReply(),
  TOTAL,
];
/** The reply waits, so that the user can do something else. */
const HELD = [isEvenReply({ holds: "0;" })];

describe("an edit of a document", () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({
      files: {
        ...Object.fromEntries(CASES.map(({ name, before }) => [`${name}.ts`, before])),
        ...Object.fromEntries(["readonly", "deleted", "closed", "twice", "saved"].map((name) => [`${name}.ts`, CART])),
        "cells.ipynb": JSON.stringify(notebook),
        "formatted.js": PLAIN,
      },
      script: SCRIPT,
      settings: {
        "nemotron.thinking.budget.edit": "off",
        "workbench.editor.enablePreview": false,
        "files.readonlyInclude": { "**/readonly.ts": true },
        "[javascript]": { "editor.formatOnSave": true },
      },
    });
  });
  after(() => leaveWorkbench(workbench));

  const press = (key: string) => workbench.page.keyboard.press(key);
  const script = (replies: typeof SCRIPT) => writeScript(workbench.server.directory, replies);
  async function opened(name: string): Promise<EditorTab> {
    const tab = new EditorTab(workbench, `${name}.ts`);
    await tab.open();
    return tab;
  }

  for (const { name, before, after, select, instruction = "simplify", undone = before } of CASES)
    it(`is exact: ${name}`, async () => {
      const tab = await opened(name);
      await tab.select(...select);
      await tab.edit(instruction);
      await workbench.shot(`document-${name}`);
      assert.equal(await tab.saved(), after);
      await press("Control+z");
      await tab.lens("Keep").first().waitFor({ state: "detached" });
      assert.equal(await tab.saved(), undone);
    });

  it("works in a document that was never saved", async () => {
    await workbench.runCommand("File: New Untitled Text File");
    const tab = new EditorTab(workbench, "Untitled-1");
    const editor = workbench.page.locator('.monaco-editor[data-uri="untitled:Untitled-1"]');
    await editor.and(workbench.page.locator(".focused")).waitFor();
    await workbench.page.keyboard.insertText("const a = 1;");
    await tab.ask("annotate a");
    await editor.locator(".view-line", { hasText: "const a: number = 1;" }).waitFor();
    const undo = editor.locator(".codelens-decoration").getByText("Undo", { exact: true });
    await tab.press(undo, editor.locator(".view-line", { hasText: "const a = 1;" }));
    await workbench.runCommand("View: Revert and Close Editor");
  });

  it("works in a cell of a notebook", async () => {
    const row = workbench.page.locator('.quick-input-list .monaco-list-row[aria-label^="cells.ipynb"]');
    await workbench.pick("Control+p", "cells.ipynb", row);
    const cell = workbench.page.locator('.monaco-editor[data-uri^="vscode-notebook-cell:"]');
    await cell.locator(".view-line", { hasText: "let sum" }).click();
    await press("Control+a");
    const tab = new EditorTab(workbench, "cells.ipynb");
    await tab.ask("simplify");
    await cell.locator(".view-line", { hasText: "return 0;" }).waitFor();
    await workbench.shot("document-notebook");
    const undo = cell.locator(".codelens-decoration").getByText("Undo", { exact: true }).first();
    await tab.press(undo, cell.locator(".view-line", { hasText: "let sum" }));
    await workbench.runCommand("View: Revert and Close Editor");
  });

  it("that is read-only in the editor is refused when the change fails", async () => {
    const tab = await opened("readonly");
    await tab.select(...IS_EVEN);
    await workbench.runCommand("Nemotron: Simplify");
    await tab.notification("read-only").waitFor();
    await workbench.shot("document-readonly");
    assert.equal(await tab.lens(/Keep/).count(), 0);
    assert.equal(tab.onDisk(), CART);
    await tab.clearNotifications();
  });

  it("that is deleted meanwhile is proposed, or reported as deleted", async () => {
    script(HELD);
    const tab = await opened("deleted");
    await tab.select(...IS_EVEN);
    await tab.ask("simplify");
    await tab.lens("Writing").first().waitFor();
    rmSync(tab.path);
    script(SCRIPT);
    const told = workbench.page.locator(".notification-toast, .codelens-decoration a", { hasText: /Keep|deleted/ });
    await told.first().waitFor();
    await workbench.shot("document-deleted");
    await workbench.runCommand("View: Revert and Close Editor");
  });

  it("whose editor is closed meanwhile opens it again", async () => {
    script(HELD);
    const tab = await opened("closed");
    await tab.select(...IS_EVEN);
    await tab.ask("simplify");
    await tab.lens("Writing").first().waitFor();
    await workbench.runCommand("View: Close Editor");
    await tab.element.waitFor({ state: "detached" });
    script(SCRIPT);
    await tab.lens("Keep").first().waitFor();
    await workbench.shot("document-closed");
    assert.equal(tab.onDisk(), CART);
    await tab.use("Undo");
    assert.equal(await tab.saved(), CART);
  });

  it("runs beside a second one", async () => {
    script([...HELD, { ...TOTAL, holds: "0;" }]);
    const tab = await opened("twice");
    await tab.select(31, 37);
    await tab.ask("nothing more");
    await tab.lens("Writing").first().waitFor();
    await tab.select(...IS_EVEN);
    await tab.ask("simplify");
    script(SCRIPT);
    await tab.lens("Keep All 2").first().waitFor();
    assert.equal(await tab.saved(), SIMPLER.replace(/export function total[\s\S]*/, `${total("  return 0;\n")}\n`));
  });

  it("that is formatted on save is undone byte for byte", async () => {
    script(SCRIPT);
    const tab = new EditorTab(workbench, "formatted.js");
    await tab.open();
    await tab.select(1, 6);
    await tab.edit("simplify");
    assert.equal(await tab.saved(), "export function isOdd(n) {\n  return n % 2 === 1;\n}\n");
    await workbench.shot("document-formatted");
    await press("Control+z");
    await tab.line("return n%2===1;").waitFor();
    await press("Control+z");
    await tab.line("return true;").waitFor();
    assert.equal(await tab.saved(), PLAIN);
  });

  it("that is saved automatically can still be undone", async () => {
    script(SCRIPT);
    const tab = await opened("saved");
    await workbench.runCommand("File: Toggle Auto Save");
    await tab.select(...IS_EVEN);
    await tab.edit("simplify");
    await workbench.until(async () => tab.onDisk() === SIMPLER, "it is saved");
    await tab.use("Undo");
    await workbench.until(async () => tab.onDisk() === CART, "it is saved as it was");
    await workbench.runCommand("File: Toggle Auto Save");
  });
});
