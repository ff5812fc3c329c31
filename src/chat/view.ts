/** The chat panel: loads the page and handles its messages. */
import {
  commands,
  type Disposable,
  type Uri,
  type WebviewView,
  type WebviewViewProvider,
  window,
  workspace,
} from "vscode";
import type { GoTarget, ToHost, ToPage } from "../../media/messages.ts";
import { chosenModel } from "../config.ts";
import { report } from "../errors/report.ts";
import { TypingBuffer } from "../typing/buffer.ts";
import { EditorTab } from "./editorTab.ts";
import { type ChatParts, handle } from "./fromUser.ts";
import { modelState } from "./modelState.ts";
import { openPage } from "./openPage.ts";
import { codeTheme, THEME_SETTINGS } from "./theme.ts";

/** How often the page is given the focus, if something else takes it meanwhile. */
const FOCUS_TRIES = 5;

export class ChatView implements WebviewViewProvider, Disposable {
  static readonly id = "nemotron.chat";
  private readonly parts: ChatParts;
  private readonly media: Uri;
  private readonly listeners: Disposable[];
  private view: WebviewView | undefined;
  readonly tab: EditorTab;
  /** The page has asked for its state. Nothing is posted before that. */
  private ready = false;
  private hasFocus = false;
  /** Called when the page is ready. */
  private waiting: (() => void)[] = [];
  /** Called with what the page reports next. Several commands may wait for it. */
  private awaitingFocus: ((focused: boolean) => void)[] = [];

  /** @param media the folder with the page's bundle. */
  constructor(media: Uri, parts: ChatParts) {
    this.media = media;
    this.parts = parts;
    this.tab = new EditorTab(
      media,
      (message) => this.receiveFromTab(message),
      () => parts.chat.agent.hidden(),
    );
    const { server, downloads, chat, composer } = parts;
    this.listeners = [
      chat.onMessage((message) => this.post(message)),
      chat.onDidChange(() => this.showTitle()),
      composer.onDidChange((viewModel) => this.post({ type: "composer", composer: viewModel })),
      server.onStatus(() => this.postModel()),
      downloads.onDidChange(() => this.postModel()),
      window.onDidChangeActiveColorTheme(() => void this.postTheme()),
      workspace.onDidChangeConfiguration((event) => {
        if (["nemotron.model", "nemotron.remote"].some((key) => event.affectsConfiguration(key))) this.postModel();
        if (THEME_SETTINGS.some((key) => event.affectsConfiguration(key))) void this.postTheme();
        if (event.affectsConfiguration("nemotron.thinking")) this.postComposer();
      }),
    ];
  }

  resolveWebviewView(view: WebviewView): void {
    this.view = view;
    this.gone();
    // VS Code discards a hidden page. When the panel is shown again, a new page says when it is ready.
    view.onDidChangeVisibility(() => {
      if (!view.visible) this.gone();
    });
    view.onDidDispose(() => {
      this.view = undefined;
      this.gone();
    });
    openPage(view.webview, this.media, (message) => void this.receive(message));
    this.showTitle();
  }

  /**
   * Shows the panel with the cursor in the composer. Keys typed while it opens go into the composer, too. Call it
   * before anything is awaited.
   * @param question the text that is put into the composer.
   */
  async show(question = ""): Promise<void> {
    // Keys go to the composer already. Waiting would take the focus from what the user opens meanwhile.
    if (this.hasFocus && question === "") {
      await commands.executeCommand(`${ChatView.id}.focus`);
      return this.post({ type: "focus" });
    }
    const buffer = new TypingBuffer();
    // A page that is not drawn yet takes no keys, so the focus stays where it is until then.
    if (!this.ready) await commands.executeCommand(`${ChatView.id}.focus`, { preserveFocus: true });
    if (!this.ready) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (!(await buffer.rest())) return;
    let arrived = false;
    for (let tries = 0; !arrived && this.ready && tries < FOCUS_TRIES; tries++) {
      const reported = this.reportedFocus();
      await commands.executeCommand(`${ChatView.id}.focus`);
      // Before the page reports it: the next key may come sooner.
      setFocused(true);
      this.post({ type: "focus" });
      arrived = await reported;
    }
    const typed = await buffer.end();
    const { text, entered } = { ...typed, text: question + typed.text };
    if (text === "" && !entered) return;
    this.post({ type: "typed", text, send: entered });
  }

  /** Whether the user sees the page, in the panel or in the tab. */
  get isShown(): boolean {
    return this.ready || this.tab.isShown;
  }

  /** Navigates in the tab if it has the focus, else in the panel. */
  go(to: GoTarget): void {
    if (!this.tab.post({ type: "go", to }, true)) void this.view?.webview.postMessage({ type: "go", to });
  }

  dispose(): void {
    this.tab.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private gone(): void {
    this.ready = false;
    this.takeFocus(false);
    this.parts.chat.agent.hidden();
  }

  /** Resolves with what the page reports next. When it has the focus, all keys typed before are known. */
  private reportedFocus(): Promise<boolean> {
    return new Promise((resolve) => this.awaitingFocus.push(resolve));
  }

  private post(message: ToPage): void {
    if (this.ready) void this.view?.webview.postMessage(message);
    // The cursor and typed keys concern the panel alone.
    if (message.type !== "focus" && message.type !== "typed") this.tab.post(message);
  }

  private postModel(): void {
    const { server, downloads } = this.parts;
    const model = modelState(server.status, chosenModel(), downloads);
    this.post({ type: "model", model });
    // Starts the server only when the page shows that there is no model, to find one to recommend.
    if (this.ready && model.type === "noModel") downloads.refreshOnce();
  }

  private postComposer(): void {
    this.post({ type: "composer", composer: this.parts.composer.viewModel() });
  }

  private async postTheme(): Promise<void> {
    this.post({ type: "theme", theme: await codeTheme() });
  }

  private showTitle(): void {
    const { turns, title } = this.parts.chat.current;
    if (this.view) this.view.description = turns.length > 0 ? title : undefined;
    this.tab.setTitle(turns.length > 0 ? title : undefined);
  }

  private receiveFromTab(message: ToHost): void {
    if (message.type === "ready") this.postAll();
    else if (message.type === "focused") setFocused(message.focused);
    else void this.receive(message);
  }

  /** Shows a failure as a notification. The page does not learn of it. */
  private async receive(message: ToHost): Promise<void> {
    try {
      if (message.type === "ready") this.onReady();
      else if (message.type === "focused") this.takeFocus(message.focused);
      else if (message.type === "searchFiles") await this.searchFiles(message.request, message.query);
      else await handle(message, this.parts);
    } catch (error) {
      await report(error);
    }
  }

  private takeFocus(focused: boolean): void {
    this.hasFocus = focused;
    setFocused(focused);
    for (const resolve of this.awaitingFocus.splice(0)) resolve(focused);
  }

  private async searchFiles(request: number, query: string): Promise<void> {
    this.post({ type: "files", request, files: await this.parts.files.search(query) });
  }

  private onReady(): void {
    this.ready = true;
    this.postAll();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private postAll(): void {
    this.postModel();
    this.post(this.parts.chat.viewModel());
    this.postComposer();
    void this.postTheme();
    this.showTitle();
  }
}

function setFocused(focused: boolean): void {
  void commands.executeCommand("setContext", "nemotron.chatFocused", focused);
}
