/** Keys that are typed between a key of the extension and the change of focus go where that key leads. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import os from "node:os";
import { ChatPanel } from "./chatPanel.ts";
import { CART, copiesOf, EditorTab, IS_EVEN } from "./editor.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

/** Contains brackets and quotes, which the editor closes by itself. */
const TEXT = 'use (x) and "y", [z]';

describe("typing without a pause", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench({
      files: copiesOf(CART, "edit", "chat", "about", "explain", "list"),
      script: [{ match: "", answer: "Yes." }],
      settings: { "nemotron.thinking.mode": "off", "workbench.editor.enablePreview": false },
    });
    chat = new ChatPanel(workbench);
  });
  after(() => leaveWorkbench(workbench));

  async function selected(name: string): Promise<EditorTab> {
    const tab = new EditorTab(workbench, `${name}.ts`);
    await tab.open();
    await tab.select(...IS_EVEN);
    return tab;
  }
  const press = (key: string) => workbench.page.keyboard.press(key);
  async function pressAndType(key: string, delay: number): Promise<void> {
    await press(key);
    await workbench.page.keyboard.type(TEXT, { delay });
  }
  /** Asserts that the file is as it was, in the editor and on disk. */
  async function untouched(tab: EditorTab): Promise<void> {
    await tab.cursor();
    assert.equal(await tab.dirty.count(), 0, "nothing is to be saved");
    assert.equal(tab.onDisk(), CART);
    assert.equal(await tab.saved(), CART);
  }
  const hasValue = (element: { inputValue(): Promise<string> }, value: string) =>
    workbench.until(async () => (await element.inputValue()) === value, `the text is ${value}`);

  for (const busy of [false, true])
    for (const delay of busy ? [40] : [20, 40, 60])
      describe(`a key every ${delay} ms${busy ? ", on a busy machine" : ""}`, () => {
        const loops: ChildProcess[] = [];
        before(() => {
          if (!busy) return;
          for (const _ of os.cpus()) loops.push(spawn(process.execPath, ["-e", "for (;;);"]));
        });
        after(() => {
          for (const loop of loops) loop.kill("SIGKILL");
        });

        for (const key of ["Control+i", "Control+Alt+e"])
          it(`goes into the input of an edit, by ${key}`, async () => {
            const tab = await selected("edit");
            await pressAndType(key, delay);
            await hasValue(tab.input, TEXT);
            await workbench.page.locator(".quick-input-title", { hasText: "edit.ts:22-28" }).waitFor();
            await press("Escape");
            await untouched(tab);
          });

        for (const closed of [true, false])
          it(`goes into the composer while the panel is ${closed ? "closed" : "open"}`, async () => {
            const tab = await selected("chat");
            const bar = workbench.page.locator(".part.auxiliarybar");
            if (closed && (await bar.isVisible())) {
              await press("Control+Alt+b");
              await bar.waitFor({ state: "hidden" });
              await tab.cursor();
            }
            await pressAndType("Control+Alt+m", delay);
            await chat.cursor();
            await hasValue(chat.input, TEXT);
            await chat.input.fill("");
            await tab.open();
            await untouched(tab);
          });

        it("goes into the composer, with the code that the question is about", async () => {
          const tab = await selected("about");
          await pressAndType("Control+Alt+a", delay);
          await chat.cursor();
          await chat.chips.filter({ hasText: "about.ts:22-28" }).waitFor();
          await hasValue(chat.input, TEXT);
          await chat.input.fill("");
          await tab.open();
          await untouched(tab);
        });

        it("goes into the composer during an explanation", async () => {
          const tab = await selected("explain");
          await pressAndType("Control+Alt+x", delay);
          await chat.answered("Yes.");
          await hasValue(chat.input, TEXT);
          await chat.input.fill("");
          await tab.open();
          await untouched(tab);
        });

        it("goes into a list that the palette opens", async () => {
          const tab = await selected("list");
          await workbench.commandByKeys("Show Chats…");
          await workbench.page.keyboard.type(TEXT, { delay });
          await hasValue(tab.input, TEXT);
          await press("Escape");
          await untouched(tab);
        });
      });
});
