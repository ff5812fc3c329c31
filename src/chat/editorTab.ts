/** The chat in an editor tab, which has more room: the same conversation as in the panel. */
import { type Disposable, type Uri, ViewColumn, type WebviewPanel, type WebviewPanelSerializer, window } from "vscode";
import type { ToHost, ToPage } from "../../media/messages.ts";
import { openPage } from "./openPage.ts";

export class EditorTab implements WebviewPanelSerializer, Disposable {
  /** The view type by which VS Code restores the tab. */
  static readonly id = "nemotron.chatEditor";
  private readonly media: Uri;
  private readonly receive: (message: ToHost) => void;
  private readonly onHidden: () => void;
  private panel: WebviewPanel | undefined;
  /** The page has asked for its state, and has not been hidden since. */
  private ready = false;
  private focused = false;

  /** @param media the folder with the page's bundle. @param onHidden the user no longer sees the page. */
  constructor(media: Uri, receive: (message: ToHost) => void, onHidden: () => void) {
    this.media = media;
    this.receive = receive;
    this.onHidden = onHidden;
  }

  open(): void {
    if (this.panel) this.panel.reveal();
    else this.adopt(window.createWebviewPanel(EditorTab.id, "Nemotron", ViewColumn.Active));
  }

  async deserializeWebviewPanel(panel: WebviewPanel): Promise<void> {
    this.adopt(panel);
  }

  setTitle(title: string | undefined): void {
    if (this.panel) this.panel.title = title ?? "Nemotron";
  }

  /** @param toFocused post only if the tab has the focus. @returns whether it was posted. */
  post(message: ToPage, toFocused = false): boolean {
    if (!this.panel || !this.ready || (toFocused && !this.focused)) return false;
    void this.panel.webview.postMessage(message);
    return true;
  }

  /** Whether the user sees the page. */
  get isShown(): boolean {
    return this.ready;
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private adopt(panel: WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    this.ready = false;
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.gone();
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.gone();
      this.panel = undefined;
    });
    openPage(panel.webview, this.media, (message) => {
      if (message.type === "ready") this.ready = true;
      if (message.type === "focused") this.focused = message.focused;
      this.receive(message);
    });
  }

  private gone(): void {
    this.ready = false;
    if (this.focused) this.receive({ type: "focused", focused: false });
    this.focused = false;
    this.onHidden();
  }
}
