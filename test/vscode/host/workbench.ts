/** The workbench in a browser, and the few things that every test of it does. */
import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { type CodeServer, type ServerOptions, startCodeServer } from "./codeServer.ts";
import { EXTENSION_ID } from "./vsix.ts";

/** Where pictures and logs are put, for whoever looks at them afterwards. */
export const RESULTS = path.resolve("test-results");

export type WorkbenchOptions = ServerOptions & {
  viewport?: { width: number; height: number };
  /** A file of the workspace to open, `cart.ts`. */
  file?: string;
};

/** Starting the extension and its first page takes seconds on a busy machine: conditions are waited for, never times. */
const PATIENCE_MS = 60_000;

export class Workbench {
  /** The page of the whole window. Its actions wait up to a minute. */
  readonly page: Page;
  readonly server: CodeServer;
  private readonly browser: Browser;

  private constructor(browser: Browser, page: Page, server: CodeServer) {
    this.browser = browser;
    this.page = page;
    this.server = server;
  }

  /** Returns when the window is drawn and our extension is in its status bar. */
  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const server = await startCodeServer(options);
    const browser = await launchChromium();
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1400, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("console", (message) => appendFileSync(`${server.directory}/console.log`, `${message.text()}\n`));
    const workbench = new Workbench(browser, page, server);
    try {
      const file = options.file && server.remoteUri(path.join(server.workspace, options.file));
      await page.goto(server.url(file ? [["openFile", file]] : undefined), { waitUntil: "domcontentloaded" });
      await workbench.ready();
      if (options.file) await workbench.editor(options.file).locator(".view-line").first().waitFor();
    } catch (error) {
      await workbench.keep("open");
      await workbench.stop();
      throw error;
    }
    return workbench;
  }

  get isOpen(): boolean {
    return this.browser.isConnected();
  }

  /** The workspace's folder, a copy that is the test's own. */
  get workspace(): string {
    return this.server.workspace;
  }

  /** What the chat's page shows. */
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

  /** Chooses a command from the palette, by its whole title: `Nemotron: Show Log`. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input").fill(`>${title}`);
    await this.page.locator(".quick-input-list").getByRole("option", { name: title }).first().click();
  }

  /** The window anew, as Developer: Reload Window makes it: another extension host, another language server. */
  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: "domcontentloaded" });
    await this.ready();
  }

  /** Puts a picture of the window at test-results/screenshots/NAME.png. Returns its path. */
  async shot(name: string): Promise<string> {
    // Icons are a font, which each frame fetches when it first shows one. A frame that has gone has nothing to show.
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

  private async ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor();
    await this.statusItem.waitFor();
  }
}
