/** The attachments of a question: how they are added and counted, and what happens if they are too large. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { succeeds } from "../host/workbench.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index % 97}`).join(" ");

const FILES = {
  ".gitignore": "private.ts\nbuild/\n",
  "private.ts": 'export const key = "not for anybody";\n',
  "build/cart.ts": "export const built = true;\n",
  "src/prices.ts": "export const priceOf = (name: string) => name.length;\n",
  "src/shipping.ts": "export const days = 3;\n",
  "docs/notes.md": `# Notes\n\n${words(4000)}\n`,
};

describe("the context of a question", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench({ files: FILES, settings: { "nemotron.contextTokens": 2048 } });
    chat = new ChatPanel(workbench);
    await chat.open();
  });
  after(() => leaveWorkbench(workbench));

  const inExplorer = (name: string) =>
    workbench.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).first();
  const chip = (label: string) => chat.chips.filter({ hasText: label });
  const remove = async () => {
    while ((await chat.chips.count()) > 0) {
      const count = await chat.chips.count();
      await chat.chips.first().locator(".chip-remove").click();
      await chat.chips.nth(count - 1).waitFor({ state: "detached" });
    }
  };

  it("is the open file and its selection, automatically", async () => {
    await inExplorer("cart.ts").click();
    await chip("cart.ts").waitFor();
    assert.match((await chip("cart.ts").getAttribute("class")) ?? "", /implicit/);
    const line = workbench.editor("cart.ts").locator(".view-line", { hasText: "function clamp" });
    // On a busy machine three clicks may be too far apart to count as a triple click.
    await workbench.until(async () => {
      await line.click({ clickCount: 3 });
      return succeeds(chip("cart.ts:9").waitFor({ timeout: 2000 }));
    }, "the line is selected");
    await workbench.shot("context-implicit");
    await chip("cart.ts:9").locator(".chip-remove").click();
    await chip("cart.ts:9").waitFor({ state: "detached" });
  });

  it("never includes an ignored file unasked", async () => {
    await inExplorer("private.ts").click();
    await workbench.editor("private.ts").locator(".view-line").first().waitFor();
    await chip("cart.ts").waitFor({ state: "detached" });
    assert.equal(await chat.chips.count(), 0);
    await chat.input.fill("@private");
    await chat.frame.getByText("No file matches").waitFor();
    await chat.input.fill("");
  });

  it("is a file that is found with @ and a few letters, by the keyboard alone", async () => {
    await chat.input.pressSequentially("See @shp");
    const option = chat.frame.getByRole("option", { name: "shipping.ts" });
    await option.waitFor();
    await workbench.shot("context-mention");
    await chat.input.pressSequentially("zz");
    await chat.frame.getByText("No file matches").waitFor();
    await chat.input.press("Backspace");
    await chat.input.press("Backspace");
    await option.and(chat.frame.locator("[aria-selected=true]")).waitFor();
    await chat.input.press("Enter");
    await chip("shipping.ts").waitFor();
    assert.equal(await chat.input.inputValue(), "See ");
    await chat.input.fill("@cart");
    const found = chat.frame.getByRole("listbox", { name: "Files" });
    await found.getByRole("option", { name: "cart.ts" }).waitFor();
    assert.equal(await found.getByRole("option").count(), 1, "the one in build/ is ignored");
    await chat.input.press("Escape");
    await found.waitFor({ state: "detached" });
    await chat.input.fill("");
  });

  it("includes new files, and no deleted ones", async () => {
    const folder = path.join(workbench.workspace, "later");
    const option = chat.frame.getByRole("option", { name: "zebra.ts" });
    const search = async (query: string) => {
      await chat.input.fill("");
      await chat.input.fill(query);
    };
    mkdirSync(folder);
    writeFileSync(path.join(folder, "zebra.ts"), "export {};\n");
    await workbench.until(async () => {
      await search("@zebra");
      return succeeds(option.waitFor({ timeout: 1000 }));
    }, "the new file is found");
    rmSync(folder, { recursive: true });
    await workbench.until(async () => {
      await search("@zebra");
      return succeeds(chat.frame.getByText("No file matches").waitFor({ timeout: 1000 }));
    }, "the file that is gone is not found");
    await chat.input.fill("");
  });

  it("comes from the Attach button", async () => {
    await chat.button("Attach").click();
    const input = workbench.page.locator(".quick-input-widget input");
    await input.fill("prices");
    await workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "prices.ts" }).waitFor();
    await workbench.shot("context-attach");
    await workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "prices.ts" }).click();
    await chip("prices.ts").waitFor();
  });

  it("comes from the explorer's menu", async () => {
    const open = () => inExplorer("private.ts").click({ button: "right" });
    const item = await workbench.menu(open, "Attach to Nemotron Chat…");
    await workbench.shot("context-explorer-menu");
    await item.click();
    await chip("private.ts").waitFor();
    assert.doesNotMatch((await chip("private.ts").getAttribute("class")) ?? "", /implicit/);
  });

  it("is a file that is dropped on the page, also from outside the workspace", async () => {
    const outside = path.join(workbench.server.directory, "outside.txt");
    writeFileSync(outside, "A text from outside: the password is Xylophone.\n");
    await chat.frame.locator("body").evaluate((body, uri) => {
      const { DragEvent, DataTransfer } = body.ownerDocument.defaultView as unknown as typeof globalThis & {
        DragEvent: new (type: string, init: object) => Event;
        DataTransfer: new () => { setData(type: string, data: string): void };
      };
      const dataTransfer = new DataTransfer();
      dataTransfer.setData("text/uri-list", uri);
      for (const type of ["dragover", "drop"])
        body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }, `file://${outside}`);
    await chip("outside.txt").waitFor();
    await workbench.shot("context-chips");
  });

  it("is sent, and can be opened from the question", async () => {
    await chat.ask("What do these files do?");
    await chat.over();
    assert.equal(await chat.chips.count(), 0);
    const sent = () => chat.stored()?.turns.at(-1)?.userContent ?? "";
    await workbench.until(async () => sent() !== "", "it is on disk");
    for (const text of ["days = 3", "priceOf = (name", "not for anybody", "Xylophone"])
      assert.ok(sent().includes(text), `${text} in ${sent()}`);
    await chat.last.getByRole("button", { name: "shipping.ts" }).click();
    await workbench.editor("shipping.ts").locator(".view-line", { hasText: "days = 3" }).waitFor();
    await workbench.shot("context-opened");
  });

  it("is counted before it is sent", async () => {
    await chat.startNew();
    await remove();
    const used = async () => Number(/^([\d.]+)/.exec(await textOf(chat.meter))?.[1]);
    await chat.input.fill("Hello");
    await chat.meter.filter({ hasText: /of 2K$/ }).waitFor();
    // The count of the chat before may still be shown.
    await workbench.until(async () => (await used()) < 150, "a short question is counted");
    await chat.input.fill(`Hello ${words(60)}`);
    await workbench.until(async () => (await used()) > 170, "the meter has grown");
    await workbench.shot("context-meter");
  });

  it("that is too large cannot be sent, and says what to remove", async () => {
    await chat.input.fill(words(1500));
    await chat.overflow.waitFor();
    assert.equal(await chat.button("Send").isDisabled(), true);
    await workbench.shot("context-too-long");
    await chat.input.fill("Hello");
    await chat.overflow.waitFor({ state: "detached" });
  });

  it("makes room for itself: the oldest turns are no longer sent, and are marked", async () => {
    const divider = chat.frame.getByText("No longer sent to the model");
    for (let i = 0; i < 6; i++) {
      await chat.ask("Count to one hundred.");
      await chat.answered("98, 99, 100");
    }
    await divider.waitFor();
    await workbench.shot("context-dropped");
    await chat.input.fill("Hello");
    await chat.input.press("Enter");
    await chat.answered("tiny test model");
  });

  it("cuts a file that is larger than its share, and says so", async () => {
    await chat.startNew();
    await chat.input.fill("@notes");
    await chat.frame.getByRole("option", { name: "notes.md" }).waitFor();
    await chat.input.press("Enter");
    await chip("notes.md").locator(".cut").waitFor();
    await workbench.shot("context-cut");
    await chip("notes.md").locator(".chip-remove").press("Delete");
    await chip("notes.md").waitFor({ state: "detached" });
  });
});
