/** Takes the README's pictures in the real workbench, with the toy model: `npm run screenshots`. */
import path from "node:path";
import type { Locator } from "playwright-core";
import { Workbench, type WorkbenchOptions } from "./host/workbench.ts";
import { BuiltInChat, withBuiltInChat } from "./ui/builtInChat.ts";
import { ChatPanel } from "./ui/chatPanel.ts";
import { EditorTab, IS_EVEN, isEvenReply } from "./ui/editor.ts";

const FOLDER = path.resolve("docs/images");
const WINDOW = { width: 1000, height: 620 };
const PANEL = 420;
const SETTINGS = { "window.title": "Nemotron Local", "workbench.activityBar.location": "hidden" };
/** What cart.ts imports. */
const FILES = { "prices.ts": "export const priceOf = (name: string) => name.length;\n" };

await withChat({ theme: "dark" }, async (workbench, chat) => {
  await tooltip(workbench, "status-bar", "tokens");
  await chat.slow(0.01);
  await chat.ask("What is 17 + 25?");
  await chat.last.locator(".thought-title", { hasText: /([789]\d|1\d\d) of/ }).waitFor();
  await picture(workbench, "thinking");
});
await withChat({ theme: "light" }, async (workbench, chat) => {
  await chat.ask("Write FizzBuzz in Python.");
  await chat.answered("FizzBuzz");
  await workbench.page.mouse.move(10, 10);
  await picture(workbench, "answer");
});
await withChat({ theme: "dark" }, async (workbench, chat) => {
  const line = workbench.editor("cart.ts").locator(".view-line", { hasText: "function clamp" });
  await line.click({ position: { x: 20, y: 8 } });
  await workbench.page.keyboard.press("Home");
  for (let i = 0; i < 5; i++) await workbench.page.keyboard.press("Shift+ArrowDown");
  await line.click({ position: { x: 90, y: 8 }, button: "right" });
  await workbench.menuItem("Nemotron").hover();
  await workbench.menuItem("Explain").hover();
  await picture(workbench, "explain-menu");
  await workbench.menuItem("Explain").click();
  await chat.answered("Smaller values become");
  await picture(workbench, "explain");
});
await withChat({ theme: "dark", settings: { "nemotron.model": "" } }, async (workbench, chat) => {
  await chat.getModel.waitFor();
  await picture(workbench, "first-run", workbench.page.locator(".part.auxiliarybar"));
});

await withChat({ theme: "dark" }, async (workbench) => {
  await workbench.runCommand("Nemotron: Start OpenAI Endpoint");
  await workbench.statusItem.filter({ hasText: "8000" }).waitFor();
  await workbench.runCommand("Notifications: Clear All Notifications");
  await tooltip(workbench, "endpoint", "OpenAI endpoint");
});

await withChat({ theme: "dark", script: [isEvenReply()] }, async (workbench) => {
  const tab = new EditorTab(workbench, "cart.ts");
  await tab.line("function clamp").click();
  await tab.select(...IS_EVEN);
  await workbench.page.keyboard.press("Control+i");
  await tab.input.fill("simplify");
  await picture(workbench, "edit-ask");
  await workbench.page.keyboard.press("Enter");
  await tab.lens("5 lines before").click();
  await workbench.page.locator(".peekview-widget .view-line:visible").first().waitFor();
  await picture(workbench, "edit", tab.element);
  await workbench.page.keyboard.press("Escape");
  await workbench.page.locator(".peekview-widget").waitFor({ state: "detached" });
  // In so small a window the lens may be below the lines that stick to the top.
  await tab.cursor();
  await workbench.page.keyboard.press("Control+Alt+y");
  await tab.lens("Keep").waitFor({ state: "detached" });
  await picture(workbench, "edit-kept", tab.element);
});

await builtInChat(withBuiltInChat({ theme: "dark", settings: SETTINGS }));

/** The participant in VS Code's own chat. */
async function builtInChat(options: WorkbenchOptions): Promise<void> {
  const workbench = await Workbench.open({ ...options, file: "cart.ts", files: FILES, viewport: WINDOW, scale: 2 });
  try {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    const tab = new EditorTab(workbench, "cart.ts");
    await tab.line("function clamp").click();
    await tab.select(9, 13);
    const chat = new BuiltInChat(workbench);
    await chat.open();
    await workbench.widen(PANEL);
    await chat.ask("@nemotron /explain ");
    await chat.answered("Smaller values become");
    await picture(workbench, "vscode-chat");
  } finally {
    await workbench.stop();
  }
}

/** A window with the sample, the panel at its right, and nothing else. */
async function withChat(
  options: WorkbenchOptions,
  show: (workbench: Workbench, chat: ChatPanel) => Promise<void>,
): Promise<void> {
  const settings = { ...SETTINGS, ...options.settings };
  const place = { file: "cart.ts", files: FILES, viewport: WINDOW, scale: 2 };
  const workbench = await Workbench.open({ ...options, ...place, settings });
  const chat = new ChatPanel(workbench);
  try {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await chat.open();
    await workbench.widen(PANEL);
    await chat.frame.locator(".welcome").waitFor();
    if (options.settings === undefined) await withoutAttachments(chat);
    await show(workbench, chat);
  } finally {
    chat.fast();
    await workbench.stop();
  }
}

/** Of the file that is open the toy would say that it does not know it. */
async function withoutAttachments(chat: ChatPanel): Promise<void> {
  await chat.frame.locator(".welcome .examples").waitFor();
  await chat.chips.first().locator(".chip-remove").click();
  await chat.chips.first().waitFor({ state: "detached" });
}

/** The corner with the status bar's item and what it tells. */
async function tooltip(workbench: Workbench, name: string, text: string): Promise<void> {
  await workbench.statusItem.hover();
  const hover = workbench.page.locator(".workbench-hover", { hasText: text });
  await hover.waitFor();
  const { x, y, height } = (await hover.boundingBox())!;
  const clip = { x: x - 40, y: y - 16, width: WINDOW.width - x + 40, height: height + 16 + 40 };
  await workbench.page.screenshot({ path: path.join(FOLDER, `${name}.png`), clip });
  await workbench.page.mouse.move(WINDOW.width / 2, WINDOW.height / 2);
  await hover.waitFor({ state: "detached" });
}

async function picture(workbench: Workbench, name: string, part?: Locator): Promise<void> {
  const file = path.join(FOLDER, `${name}.png`);
  await (part ?? workbench.page).screenshot({ path: file });
  console.log(path.relative("", file));
}
