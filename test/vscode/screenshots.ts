/** Takes the README's pictures in the real workbench, with the toy model: `npm run screenshots`. */
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { Film } from "./host/film.ts";
import { Workbench, type WorkbenchOptions } from "./host/workbench.ts";
import { BuiltInChat, withBuiltInChat } from "./ui/builtInChat.ts";
import { ChatPanel } from "./ui/chatPanel.ts";
import { EditorTab, IS_EVEN, isEvenReply } from "./ui/editor.ts";

const FOLDER = path.resolve("docs/images");
const WINDOW = { width: 1000, height: 620 };
const PANEL = 420;
const SETTINGS = { "window.title": "Nemotron Local", "workbench.activityBar.location": "hidden" };
/** The moving picture: how long a frame is shown, and one that has to be read, ms. */
const FRAME_MS = 160;
const READING_MS = 1200;
const THOUGHT_FRAMES = 16;
/** Tokens between two frames. */
const FRAME_STEPS = 3;
/** What cart.ts imports. */
const FILES = { "prices.ts": "export const priceOf = (name: string) => name.length;\n" };

/** By name: `npm run screenshots -- tour` takes only that one. */
const PICTURES: Record<string, () => Promise<void>> = {
  endpoint: () =>
    withChat({ theme: "dark" }, async (workbench) => {
      await workbench.runCommand("Nemotron: Start OpenAI Endpoint");
      await workbench.statusItem.filter({ hasText: "8000" }).waitFor();
      await workbench.runCommand("Notifications: Clear All Notifications");
      await tooltip(workbench, "endpoint", "OpenAI endpoint");
    }),
  edit: () =>
    withChat({ theme: "dark", script: [isEvenReply()] }, async (workbench) => {
      const tab = new EditorTab(workbench, "cart.ts");
      await tab.line("function clamp").click();
      await tab.select(...IS_EVEN);
      await workbench.page.keyboard.press("Control+i");
      await tab.input.fill("simplify");
      await workbench.page.keyboard.press("Enter");
      await tab.lens("Show 5 Original Lines").click();
      await workbench.page.locator(".peekview-widget .view-line:visible").first().waitFor();
      await picture(workbench, "edit", tab.element);
    }),
  tour: () => tour(path.join(FOLDER, "tour.webp")),
  "vscode-chat": () => builtInChat(withBuiltInChat({ theme: "dark", settings: SETTINGS })),
};
const chosen = process.argv.slice(2);
for (const [name, take] of Object.entries(PICTURES)) if (chosen.length === 0 || chosen.includes(name)) await take();

/** The README's moving picture: a thought runs, Answer now, the answer; an edit, kept. */
async function tour(file: string): Promise<void> {
  const film = new Film();
  await withChat({ theme: "dark", scale: 1 }, async ({ page }, chat) => {
    await type(film, page, chat.input, "What is 17 + 25?");
    await chat.hold();
    await page.keyboard.press("Enter");
    await chat.step(FRAME_STEPS);
    const title = chat.last.locator(".thought-title");
    await title.filter({ hasText: /\d of/ }).waitFor();
    for (let i = 0; i < THOUGHT_FRAMES; i++) {
      await film.shot(page, FRAME_MS);
      await chat.step(FRAME_STEPS);
    }
    await chat.button("Answer Now").hover();
    await film.shot(page, READING_MS);
    await chat.untilReceived("answerNow", () => chat.button("Answer Now").click());
    const over = chat.over();
    while (await chat.last.locator('.reply[aria-busy="true"]').isVisible()) {
      await film.shot(page, FRAME_MS);
      await Promise.race([chat.step(FRAME_STEPS), over]);
    }
    await over;
    await chat.release();
    await page.mouse.move(10, 10);
    await film.shot(page, 2 * READING_MS);
  });
  await withChat({ theme: "dark", scale: 1, script: [isEvenReply()] }, async (workbench) => {
    const { page } = workbench;
    const tab = new EditorTab(workbench, "cart.ts");
    await tab.select(...IS_EVEN);
    await film.shot(page, READING_MS);
    await page.keyboard.press("Control+i");
    await type(film, page, tab.input, "simplify");
    await page.keyboard.press("Enter");
    await tab.lens("Keep").first().waitFor();
    await film.shot(page, 2 * READING_MS);
    await tab.lens("Keep").first().hover();
    await film.shot(page, READING_MS);
    await tab.use("Keep");
    await page.mouse.move(10, 10);
    await film.shot(page, 2 * READING_MS);
  });
  console.log(path.relative("", file), `${Math.ceil((await film.write(file)) / 1000)} kB`);
}

/** Types into a field, word by word. */
async function type(film: Film, page: Page, field: Locator, text: string): Promise<void> {
  for (const word of text.split(/(?<= )/)) {
    await field.pressSequentially(word);
    await film.shot(page, 2 * FRAME_MS);
  }
}

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

/** A window with only the sample, and the panel at its right. */
async function withChat(
  options: WorkbenchOptions,
  show: (workbench: Workbench, chat: ChatPanel) => Promise<void>,
): Promise<void> {
  const settings = { ...SETTINGS, ...options.settings };
  const place = { file: "cart.ts", files: FILES, viewport: WINDOW };
  const workbench = await Workbench.open({ scale: 2, pace: true, ...options, ...place, settings });
  const chat = new ChatPanel(workbench);
  try {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await chat.open();
    await workbench.widen(PANEL);
    await chat.frame.locator(".welcome").waitFor();
    if (options.settings === undefined) await withoutAttachments(chat);
    await show(workbench, chat);
  } finally {
    await chat.release();
    await workbench.stop();
  }
}

/** With the open file attached, the toy would answer that it does not know it. */
async function withoutAttachments(chat: ChatPanel): Promise<void> {
  await chat.frame.locator(".welcome .examples").waitFor();
  await chat.chips.first().locator(".chip-remove").click();
  await chat.chips.first().waitFor({ state: "detached" });
}

/** Takes a picture of the corner with the status bar's item and its tooltip. */
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
