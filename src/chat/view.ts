/** The chat panel: the page, and the way of its messages. */
import { randomBytes } from "node:crypto";
import {
  commands,
  type Disposable,
  env,
  l10n,
  Uri,
  type Webview,
  type WebviewView,
  type WebviewViewProvider,
  window,
  workspace,
} from "vscode";
import { PAGE_COMMANDS, type ToHost, type ToPage } from "../../media/messages.ts";
import { chosen } from "../config.ts";
import { spoken } from "../locale.ts";
import type { Downloads } from "../models/downloads.ts";
import { commandId } from "../problems.ts";
import { report } from "../report.ts";
import type { Server } from "../server.ts";
import { attachPicked, attachUris } from "./attach.ts";
import type { Attachments } from "./attachments.ts";
import type { Chat } from "./chat.ts";
import { runCodeAction } from "./codeBlocks.ts";
import type { Composer } from "./composer.ts";
import { urisIn } from "./conversation.ts";
import type { FileSearch } from "./fileSearch.ts";
import { modelState } from "./modelState.ts";
import { openLink, openName, openSource } from "./openSource.ts";
import { pageHtml } from "./page.ts";
import { codeTheme, THEME_SETTINGS } from "./theme.ts";

export type ChatParts = {
  server: Server;
  downloads: Downloads;
  chat: Chat;
  composer: Composer;
  attachments: Attachments;
  files: FileSearch;
  /** Proposes a code block as an edit of the file that it belongs to, among others those with these URIs. */
  applyCode: (code: string, spokenOf: readonly string[]) => Promise<void>;
};

export class ChatView implements WebviewViewProvider, Disposable {
  static readonly id = "nemotron.chat";
  private readonly parts: ChatParts;
  private readonly media: Uri;
  private readonly listeners: Disposable[];
  private view: WebviewView | undefined;
  /** The page has asked for its state; what was meant for it before waits until then. */
  private ready = false;
  private focus: Extract<ToPage, { type: "focus" }> | undefined;

  /** @param media the folder with the page's bundle. */
  constructor(media: Uri, parts: ChatParts) {
    this.media = media;
    this.parts = parts;
    const { server, downloads, chat, composer } = parts;
    this.listeners = [
      chat.onMessage((message) => this.post(message)),
      chat.onDidChange(() => this.showTitle()),
      composer.onDidChange((picture) => this.post({ type: "composer", composer: picture })),
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
    this.ready = false;
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [this.media] };
    webview.onDidReceiveMessage((message: ToHost) => void this.receive(message));
    // A page that is hidden is gone; when it is shown again it is another one, which says when it listens.
    view.onDidChangeVisibility(() => {
      if (!view.visible) this.gone();
    });
    view.onDidDispose(() => {
      this.view = undefined;
      this.gone();
    });
    webview.html = this.html(webview);
    this.showTitle();
  }

  /** Shows the panel with the cursor in the composer. */
  async show(text?: string): Promise<void> {
    this.focus = { type: "focus", text };
    await commands.executeCommand(`${ChatView.id}.focus`);
    // Before the page says so: the next key may come sooner.
    setFocused(true);
    if (!this.ready) return;
    this.post(this.focus);
    this.focus = undefined;
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private gone(): void {
    this.ready = false;
    setFocused(false);
  }

  private html(webview: Webview): string {
    const local = (name: string) => webview.asWebviewUri(Uri.joinPath(this.media, name)).toString();
    return pageHtml({
      cspSource: webview.cspSource,
      script: local("main.js"),
      styles: [local("codicon.css"), local("main.css")],
      nonce: randomBytes(16).toString("base64url"),
      language: spoken(),
      translations: l10n.bundle ?? {},
    });
  }

  private post(message: ToPage): void {
    if (this.ready) void this.view?.webview.postMessage(message);
  }

  private postModel(): void {
    const { server, downloads } = this.parts;
    const model = modelState(server.status, chosen(), downloads);
    this.post({ type: "model", model });
    // Only who sees that there is no model wants to know of one: for that the server is started.
    if (this.ready && model.type === "noModel") downloads.lookOnce();
  }

  private postComposer(): void {
    this.post({ type: "composer", composer: this.parts.composer.picture() });
  }

  private async postTheme(): Promise<void> {
    this.post({ type: "theme", theme: await codeTheme() });
  }

  private showTitle(): void {
    const { turns, title } = this.parts.chat.current;
    if (this.view) this.view.description = turns.length > 0 ? title : undefined;
  }

  /** A failure is told in words; the page need not know. */
  private async receive(message: ToHost): Promise<void> {
    try {
      await this.handle(message);
    } catch (error) {
      await report(error);
    }
  }

  private async handle(message: ToHost): Promise<void> {
    const { chat, composer, attachments, files } = this.parts;
    switch (message.type) {
      case "ready":
        return this.greet();
      case "focused":
        return setFocused(message.focused);
      case "send":
        return this.send(message.text);
      case "draft":
        return composer.setDraft(message.text);
      case "stop":
        return chat.stop();
      case "answerNow":
        return chat.answerNow();
      case "addBudget":
        return chat.addBudget(message.tokens);
      case "regenerate":
        return chat.regenerate(message.turn, message.budget);
      case "resend":
        return chat.resend(message.turn, message.text);
      case "setBudget":
        return chat.setBudget(message.budget);
      case "attach":
        return attachPicked(attachments, files);
      case "searchFiles":
        return this.post({ type: "files", request: message.request, files: await files.search(message.query) });
      case "attachFiles":
        return attachUris(
          attachments,
          message.uris.map((uri) => Uri.parse(uri)),
        );
      case "removeAttachment":
        return attachments.remove(message.id);
      case "drop":
        return message.what === "oldestTurn" ? chat.dropOldest() : attachments.remove(message.what.attachment);
      case "code":
        if (message.action === "apply") return this.parts.applyCode(message.code, urisIn(chat.current));
        return runCodeAction(message.action, message.code, message.language);
      case "copyReply":
        return void env.clipboard.writeText(this.turn(message.turn)?.reply.answer ?? "");
      case "openReference": {
        const source = this.turn(message.turn)?.sources[message.index];
        return source && openSource(source);
      }
      case "openName": {
        const turn = this.turn(message.turn);
        return turn && openName(turn, message.name);
      }
      case "openLink":
        return openLink(message.href);
      case "command":
        if (PAGE_COMMANDS.includes(message.command)) await commands.executeCommand(commandId(message.command));
        return;
      default:
        message satisfies never;
    }
  }

  private greet(): void {
    this.ready = true;
    this.postModel();
    this.post(this.parts.chat.picture());
    this.postComposer();
    void this.postTheme();
    if (this.focus) this.post(this.focus);
    this.focus = undefined;
  }

  private async send(text: string): Promise<void> {
    const { chat, composer } = this.parts;
    if (!chat.isReplying) await chat.ask(text, composer.take());
  }

  private turn(id: string) {
    return this.parts.chat.current.turns.find((turn) => turn.id === id);
  }
}

function setFocused(focused: boolean): void {
  void commands.executeCommand("setContext", "nemotron.chatFocused", focused);
}
