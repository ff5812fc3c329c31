/** Takes the walkthrough's pictures in the real workbench, in dark and in light: media/walkthrough/. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import { Workbench, type WorkbenchOptions } from "./host/workbench.ts";
import { ChatPanel } from "./ui/chatPanel.ts";
import { EditorTab, IS_EVEN, isEvenReply } from "./ui/editor.ts";

const FOLDER = "media/walkthrough";
const WINDOW = { width: 880, height: 520 };
const PANEL = 380;
/** The first and last line of the function `clamp` in cart.ts, 1-based. */
const CLAMP = [9, 13] as const;
/** What cart.ts imports. */
const FILES = { "prices.ts": "export const priceOf = (name: string) => name.length;\n" };

// Written at the end: pictures are part of the VSIX, so each new window would rebuild and install it.
const pictures = new Map<string, Buffer>();
for (const theme of ["dark", "light"] as const) {
  await withWindow({ theme, settings: { "nemotron.model": "" } }, async (workbench) => {
    const chat = new ChatPanel(workbench);
    await chat.open();
    await workbench.widen(PANEL);
    await chat.getModel.waitFor();
    await picture(`model-${theme}`, workbench.page.locator(".part.auxiliarybar"));
  });
  await withWindow({ theme }, async (workbench) => {
    await workbench.runCommand("Nemotron: Set Thinking Budget…");
    await workbench.page.locator(".quick-input-list", { hasText: "Unlimited" }).waitFor();
    await picture(`thinking-${theme}`, workbench.page.locator(".quick-input-widget"));
    await workbench.page.keyboard.press("Escape");
    await explain(workbench);
    await picture(`explain-${theme}`, workbench.page.locator(".monaco-workbench"));
  });
  await withWindow({ theme, script: [isEvenReply()] }, async (workbench) => {
    const tab = new EditorTab(workbench, "cart.ts");
    await tab.select(...IS_EVEN);
    await tab.edit("simplify");
    await tab.goTo(IS_EVEN[0]);
    await picture(`edit-${theme}`, tab.element);
  });
}

mkdirSync(FOLDER, { recursive: true });
for (const [file, picture] of pictures) writeFileSync(file, picture);
console.log([...pictures.keys()].join("\n"));

/** Explains by the keyboard, as a user does, with the panel closed before. */
async function explain(workbench: Workbench): Promise<void> {
  await new EditorTab(workbench, "cart.ts").select(...CLAMP);
  await workbench.page.keyboard.press("Control+Alt+x");
  const chat = new ChatPanel(workbench);
  await chat.answered("Smaller values become");
  await workbench.widen(PANEL);
  await workbench.page.mouse.move(WINDOW.width / 4, WINDOW.height - 60);
}

async function withWindow(options: WorkbenchOptions, show: (workbench: Workbench) => Promise<void>): Promise<void> {
  const settings = { "window.title": "Nemotron Local", ...options.settings };
  const all = { ...options, settings, file: "cart.ts", files: FILES, viewport: WINDOW, scale: 1.5 };
  const workbench = await Workbench.open(all);
  try {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await show(workbench);
  } finally {
    await workbench.stop();
  }
}

async function picture(name: string, part: Locator): Promise<void> {
  pictures.set(path.join(FOLDER, `${name}.png`), await part.screenshot());
}
