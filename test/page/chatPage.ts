/** The built page in Chromium, with a host that records the page's messages and sends those of the test. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { ToHost, ToPage } from "../../media/messages.ts";
import { launchChromium } from "../vscode/host/chromium.ts";
import { type PageServer, startServer } from "./server.ts";
import { THEMES, type ThemeName } from "./themes.ts";

/** The styles that VS Code gives every webview. */
const DEFAULT_STYLES = `
  body { background-color: transparent; color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size); margin: 0; padding: 0 20px; }
  a { color: var(--vscode-textLink-foreground); }
  code { font-family: var(--vscode-editor-font-family); color: var(--vscode-textPreformat-foreground);
    background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
  pre code { padding: 0; }
  blockquote { background: var(--vscode-textBlockQuote-background); border-color: var(--vscode-textBlockQuote-border); }
`;

/** How long to wait for the page on a busy machine, ms. */
const PATIENCE_MS = 90_000;

export type Options = {
  theme?: ThemeName;
  width?: number;
  height?: number;
  reducedMotion?: boolean;
  /** The display language, for example `en` or `de`. */
  language?: string;
};

type HostWindow = Window & { posted: ToHost[]; ran: string[] };

export class ChatPage {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** Requests for anything except the page's own files. */
  readonly strangers: string[] = [];
  readonly errors: string[] = [];
  readonly dialogs: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  static async open(browser: Browser, server: PageServer, options: Options = {}): Promise<ChatPage> {
    const { theme = "dark", width = 400, height = 640, reducedMotion = true, language = "en" } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      reducedMotion: reducedMotion ? "reduce" : "no-preference",
      locale: "en-US",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const chat = new ChatPage(context, page);
    chat.#watch(server.origin);
    await page.addInitScript(prepare, { ...THEMES[theme], styles: DEFAULT_STYLES });
    await page.goto(`${server.origin}/?language=${language}`);
    await page.waitForFunction(() => (window as unknown as HostWindow).posted.some(({ type }) => type === "ready"));
    return chat;
  }

  #watch(origin: string): void {
    this.page.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`)) this.strangers.push(request.url());
    });
    this.page.on("pageerror", (error) => this.errors.push(String(error)));
    this.page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
    this.page.on("dialog", (dialog) => {
      this.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
  }

  /** Sends messages, and waits until they are drawn. */
  async say(...messages: (ToPage | unknown)[]): Promise<void> {
    await this.page.evaluate(async (messages) => {
      for (const message of messages) window.dispatchEvent(new MessageEvent("message", { data: message }));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }, messages);
  }

  /** Streams an answer, and waits after each piece until it is drawn. */
  async stream(turn: string, answers: string[]): Promise<void> {
    const counts = { thoughtTokens: 0, thoughtMs: 0, answerTokens: 1 };
    await this.sayEach(answers.map((answer) => ({ type: "delta", turn, thought: "", answer, ...counts })));
  }

  /** Sends messages, and waits after each until it is drawn. */
  async sayEach(messages: ToPage[]): Promise<void> {
    await this.page.evaluate(async (messages) => {
      for (const data of messages) {
        window.dispatchEvent(new MessageEvent("message", { data }));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      }
    }, messages);
  }

  /** The messages of one type that the page has sent. */
  async told<Type extends ToHost["type"]>(type: Type): Promise<Extract<ToHost, { type: Type }>[]> {
    const posted = await this.page.evaluate(() => (window as unknown as HostWindow).posted);
    return posted.filter((message): message is Extract<ToHost, { type: Type }> => message.type === type);
  }

  /** Waits for the next message of a type. Returns the last one if there are several. */
  async tells<Type extends ToHost["type"]>(type: Type): Promise<Extract<ToHost, { type: Type }>> {
    await this.page.waitForFunction(
      (type) => (window as unknown as HostWindow).posted.some((message) => message.type === type),
      type,
    );
    return (await this.told(type)).at(-1)!;
  }

  async forget(): Promise<void> {
    await this.page.evaluate(() => {
      (window as unknown as HostWindow).posted.length = 0;
    });
  }

  /** Waits until code has its colours, which are added in idle time. */
  async coloured(): Promise<void> {
    await this.page.locator(".answer .code [style]").first().waitFor();
    await this.settled();
  }

  /** Waits until the page no longer changes. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(async () => {
      const before = document.body.innerHTML;
      await new Promise((resolve) => setTimeout(resolve, 120));
      return before === document.body.innerHTML;
    });
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

/** The composer's field. */
export const text = (chat: ChatPage) => chat.page.locator(".composer textarea");
/** A button by its exact name. */
export const button = (chat: ChatPage, name: string | RegExp) => chat.page.getByRole("button", { name, exact: true });

/** Runs in the page before anything else, and does VS Code's part. */
function prepare({ classes, variables, styles }: { classes: string[]; variables: object; styles: string }): void {
  const host = window as unknown as HostWindow & { acquireVsCodeApi: () => object };
  host.posted = [];
  host.ran = [];
  host.acquireVsCodeApi = () => ({
    postMessage: (message: ToHost) => host.posted.push(structuredClone(message)),
    getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null") ?? undefined,
    setState: (state: unknown) => sessionStorage.setItem("state", JSON.stringify(state)),
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.body.classList.add(...classes, "vscode-reduce-motion");
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@layer default { ${styles} }`);
    document.adoptedStyleSheets = [sheet];
  });
}

/** One browser and server for a suite; pages are closed after each test. */
export function chatPages(extra: Record<string, string> = {}) {
  let browser: Browser;
  let server: PageServer;
  const open: ChatPage[] = [];
  before(async function () {
    this.timeout(180_000);
    [browser, server] = await Promise.all([launchChromium(), startServer(extra)]);
  });
  afterEach(async () => {
    for (const page of open.splice(0)) await page.close();
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });
  return async (options?: Options) => {
    const page = await ChatPage.open(browser, server, options);
    open.push(page);
    return page;
  };
}
