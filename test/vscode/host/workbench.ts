/** The workbench in a browser, and the actions that its tests have in common. */
import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { launchChromium, NO_ANIMATIONS } from "./chromium.ts";
import { type CodeServer, type ServerOptions, startCodeServer } from "./codeServer.ts";
import { TOY_SETTINGS } from "./settings.ts";
import { EXTENSION_ID } from "./vsix.ts";

/** The folder of pictures and logs, to look at afterwards. */
export const RESULTS = path.resolve("test-results");

export type WorkbenchOptions = ServerOptions & {
  viewport?: { width: number; height: number };
  /** Pixels of pictures per pixel of the window. */
  scale?: number;
  /** A file of the workspace to open, `cart.ts`. */
  file?: string;
};

/** Whether a promise is fulfilled: false if it rejects, for example because of its time-out. */
export const succeeds = (what: Promise<unknown>): Promise<boolean> =>
  what.then(
    () => true,
    () => false,
  );

/** On a busy machine the extension and its first page take seconds. Tests wait for conditions, never for times. */
const PATIENCE_MS = 90_000;
const VIEWPORT = { width: 1400, height: 900 };
/** A window starts with all its processes at once. */
const START_MS = 120_000;

export class Workbench {
  /** The page of the whole window. Its actions wait up to PATIENCE_MS. */
  readonly page: Page;
  readonly server: CodeServer;
  private readonly browser: Browser;
  /** The options that it was loaded with last. */
  private loaded: string | undefined;
  /** The toy model's file. */
  readonly toy = String(TOY_SETTINGS["nemotron.model"]);

  private constructor(browser: Browser, page: Page, server: CodeServer) {
    this.browser = browser;
    this.page = page;
    this.server = server;
  }

  /** Resolves when the window is drawn, with the extension in its status bar. */
  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const server = await startCodeServer(options);
    const browser = await launchChromium();
    const workbench = new Workbench(browser, await newPage(browser, server, options), server);
    try {
      await workbench.load(options);
    } catch (error) {
      await workbench.keep("open");
      await workbench.stop();
      throw error;
    }
    return workbench;
  }

  /**
   * Loads the window again with these options, in a folder of its own: a third of the work of a new one. With the same
   * options, and no script, it only closes what was opened. False if the options need another server or another page.
   */
  async reuse(options: WorkbenchOptions): Promise<boolean> {
    if (!options.script && JSON.stringify(options) === this.loaded) {
      await this.closeOpened(options);
      return true;
    }
    const { width, height } = options.viewport ?? VIEWPORT;
    const now = this.page.viewportSize();
    if (options.scale || now?.width !== width || now.height !== height || !this.server.reuse(options)) return false;
    await this.load(options);
    return true;
  }

  /** Another window of the same workbench, in a new browser context and a folder of its own. */
  async another(folder: string): Promise<Workbench> {
    mkdirSync(folder, { recursive: true });
    const { browser, server } = this;
    const other = new Workbench(browser, await newPage(browser, server, {}), server);
    await other.page.goto(server.url(undefined, folder), { waitUntil: "domcontentloaded" });
    await other.ready();
    return other;
  }

  /** Closes this window alone, as a user does: it has time to say goodbye. */
  async close(): Promise<void> {
    await this.page.goto("about:blank");
    await this.page.context().close();
  }

  get isOpen(): boolean {
    return this.browser.isConnected();
  }

  /** The workspace's folder: the test's own copy. */
  get workspace(): string {
    return this.server.workspace;
  }

  /** The frame of the chat's page. */
  get chat(): FrameLocator {
    return this.page
      .frameLocator(`iframe.webview.ready[src*="extensionId=${EXTENSION_ID}"]`)
      .frameLocator("iframe#active-frame");
  }

  get statusItem(): Locator {
    return this.page.locator('.statusbar-item[id$=".nemotron.status"]');
  }

  /** The editor of a file that is open. */
  editor(file: string): Locator {
    return this.page.locator(`.monaco-editor[data-uri$="/${file}"]`).first();
  }

  /** The editor of a new file that has no name yet. */
  get untitled(): Locator {
    return this.page.locator('.monaco-editor[data-uri^="untitled:"]').first();
  }

  clipboard(): Promise<string> {
    return this.page.evaluate<string>("navigator.clipboard.readText()");
  }

  /** An entry of the context menu that is open. */
  menuItem(name: string): Locator {
    return this.page.locator(".monaco-menu .action-label").getByText(name, { exact: true }).last();
  }

  /** Opens a context menu, again if need be, and points at one entry of each level. Returns the last one. */
  async menu(open: () => Promise<unknown>, ...entries: string[]): Promise<Locator> {
    await this.until(async () => {
      await open();
      for (const entry of entries)
        if (!(await succeeds(this.menuItem(entry).hover({ timeout: 5000 })))) {
          await this.page.keyboard.press("Escape");
          return false;
        }
      return true;
    }, `the menu shows ${entries}`);
    return this.menuItem(entries.at(-1)!);
  }

  /** Chooses from the context menu at the cursor with keys alone, one entry per level. */
  async menuByKeys(...entries: string[]): Promise<void> {
    const { keyboard } = this.page;
    await keyboard.press("Shift+F10");
    for (const [depth, entry] of entries.entries()) {
      await this.menuItem(entry).waitFor();
      // A submenu is within the entry that it belongs to.
      const focused = this.page.locator(".monaco-menu .action-item.focused > a").getByText(entry, { exact: true });
      await this.pressUntil("ArrowDown", focused);
      await keyboard.press(depth < entries.length - 1 ? "ArrowRight" : "Enter");
    }
  }

  /** Presses a key until the wanted element is there, at most 60 times. */
  async pressUntil(key: string, wanted: Locator): Promise<void> {
    for (let steps = 0; steps < 60 && (await wanted.count()) === 0; steps++) await this.page.keyboard.press(key);
    await wanted.waitFor();
  }

  /** Waits until something holds. Rejects after PATIENCE_MS. */
  async until(holds: () => Promise<boolean>, what: string): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; !(await holds()); ) {
      if (Date.now() > deadline) throw new Error(`Timed out waiting until ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Chooses a command from the palette, by its whole title: `Nemotron: Show Log`. */
  async runCommand(title: string): Promise<void> {
    await this.pick("F1", `>${title}`, this.page.locator(".quick-input-list").getByRole("option", { name: title }));
  }

  /** Like `runCommand`, with keys alone. Commands of the extension need no category. */
  async commandByKeys(name: string): Promise<void> {
    const title = name.includes(": ") ? name : `Nemotron: ${name}`;
    const chosen = this.page.locator(`.quick-input-list .monaco-list-row.focused[aria-label^="${title}"]`);
    await this.pick("F1", `>${title}`, chosen, async () => {
      await chosen.waitFor({ timeout: 5000 });
      await this.page.keyboard.press("Enter");
    });
  }

  /** Runs a command that shows a list, and acts on a row. Tries again, because a late focus change closes the list. */
  async choose(command: string, row: Locator, act = () => row.click({ timeout: 5000 })): Promise<void> {
    await this.until(async () => {
      if (!(await row.isVisible())) await this.runCommand(command);
      return (await succeeds(row.waitFor({ timeout: 5000 }))) && succeeds(act());
    }, `${command} is answered`);
  }

  /** Opens a picker by its key, types, and clicks what that finds, or chooses it in another way. */
  async pick(
    key: string,
    text: string,
    entry: Locator,
    choose = () => entry.first().click({ timeout: 5000 }),
  ): Promise<void> {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    // The next step begins when this picker has closed. The choice may have opened another one.
    const isOver = async () => !(await input.isVisible()) || (await input.inputValue().catch(() => "")) !== text;
    await this.until(async () => {
      await this.typeInPicker(key, text);
      if (await succeeds(choose())) {
        await this.until(async () => {
          for (let polls = 0; polls < 20; polls++) {
            if (await isOver()) return true;
            await this.page.waitForTimeout(100);
          }
          // A click on a row that is redrawn at that moment chooses nothing.
          await succeeds(choose());
          return isOver();
        }, `the picker of ${text} is closed`);
        return true;
      }
      // The picker was closed, or was another one.
      await this.page.keyboard.press("Escape");
      return false;
    }, `${text} is chosen`);
  }

  /** Waits until no picker is open. Closes Quick Open, which a busy window may open again for a late key. */
  async pickersClosed(): Promise<void> {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    const quickOpen = this.page.locator('.quick-input-widget input[placeholder^="Search files by name"]');
    await this.until(async () => {
      if (await quickOpen.isVisible()) await this.page.keyboard.press("Escape");
      return !(await input.isVisible());
    }, "no picker is open");
  }

  /** Opens a picker by its key, and types into it. */
  async typeInPicker(key: string, text: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    // A late focus change closes it.
    await this.until(async () => {
      if (!(await input.isVisible())) await this.page.keyboard.press(key);
      return succeeds(input.fill(text, { timeout: 2000 }));
    }, "the picker is open");
  }

  /** Points at the extension's status bar item until its tooltip has these words. A redrawn item closes its tooltip. */
  async tooltip(words: string): Promise<Locator> {
    const tooltip = this.page.locator(".workbench-hover", { hasText: words });
    await this.until(async () => {
      await this.page.mouse.move(500, 400);
      await this.statusItem.hover();
      return succeeds(tooltip.waitFor({ timeout: 4000 }));
    }, `the tooltip says ${words}`);
    return tooltip;
  }

  /** Drags the edge of the right side bar until it has this width, px. */
  async widen(width: number): Promise<void> {
    const bar = (await this.page.locator(".part.auxiliarybar").boundingBox())!;
    const y = bar.y + bar.height / 3;
    await this.page.mouse.move(bar.x - 1, y);
    await this.page.mouse.down();
    await this.page.mouse.move(bar.x + bar.width - width, y, { steps: 5 });
    await this.page.mouse.up();
    await this.page.mouse.move(10, y);
  }

  /** Reloads the window like Developer: Reload Window: with another extension host and language server. */
  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: "domcontentloaded" });
    await this.ready();
  }

  /** Puts a picture of the window at test-results/screenshots/NAME.png. Returns its path. */
  async shot(name: string): Promise<string> {
    // Icons are a font, which each frame loads at its first icon. A frame that is gone needs none.
    for (const frame of this.page.frames())
      await frame.evaluate("document.fonts.ready.then(() => true)").catch(() => {});
    const file = path.join(RESULTS, "screenshots", `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Keeps what helps to understand a failure: a picture, the page's console, the server's log. */
  async keep(name: string): Promise<void> {
    const folder = path.join(RESULTS, "failures", name.replace(/[^\w.-]+/g, "-"));
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, "window.png") }).catch(() => {});
    this.server.keepLogs(folder);
  }

  /** Closes the window and ends the server. */
  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  /** Closes what was opened: leaves only the workspace's file and an empty chat. Keeps the settings. */
  private async closeOpened({ file }: WorkbenchOptions): Promise<void> {
    await this.runCommand("Notifications: Clear All Notifications");
    await this.runCommand("View: Close All Editors");
    if (await this.page.locator(".part.panel").isVisible()) await this.runCommand("View: Hide Panel");
    await this.runCommand("Nemotron: New Chat");
    // The focus arrives late, and would close what opens earlier.
    await this.chat.locator(".composer textarea:focus").waitFor();
    if (file) {
      const found = this.page.locator(".quick-input-list .monaco-list-row", { hasText: file });
      await this.pick("Control+p", file, found);
      await this.editor(file).locator(".view-line").first().waitFor();
    }
  }

  private async load(options: WorkbenchOptions): Promise<void> {
    const { server, page } = this;
    const { file } = options;
    this.loaded = JSON.stringify(options);
    const payload = file && server.remoteUri(path.join(server.workspace, file));
    await page.goto(server.url(payload ? [["openFile", payload]] : undefined), { waitUntil: "domcontentloaded" });
    await this.ready();
    if (file) await this.editor(file).locator(".view-line").first().waitFor();
  }

  private async ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: START_MS });
    await this.statusItem.waitFor({ timeout: START_MS });
  }
}

async function newPage(browser: Browser, server: CodeServer, options: WorkbenchOptions): Promise<Page> {
  const { viewport = VIEWPORT, scale = 1 } = options;
  const page = await browser.newPage({ viewport, deviceScaleFactor: scale });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(NO_ANIMATIONS);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  page.on("console", (message) => appendFileSync(`${server.directory}/console.log`, `${message.text()}\n`));
  return page;
}
