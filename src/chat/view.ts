/** The chat panel: loads the page and handles its messages. */
import {
  commands,
  type Disposable,
  env,
  Uri,
  type WebviewView,
  type WebviewViewProvider,
  window,
  workspace,
} from "vscode";
import type { GoTarget, ToHost, ToPage } from "../../media/messages.ts";
import type { Server } from "../client/server.ts";
import { chosenModel } from "../config.ts";
import { attachPicked, attachUris } from "../context/attach.ts";
import type { Attachments } from "../context/attachments.ts";
import type { FileSearch } from "../context/fileSearch.ts";
import type { AppliedCode } from "../edit/applyCode.ts";
import { runCodeAction } from "../edit/codeBlocks.ts";
import { commandId } from "../errors/remedies.ts";
import { report } from "../errors/report.ts";
import type { Downloads } from "../models/downloads.ts";
import { TypingBuffer } from "../typing/buffer.ts";
import type { Chat } from "./chat.ts";
import type { Composer } from "./composer.ts";
import { urisIn } from "./conversation.ts";
import { EditorTab } from "./editorTab.ts";
import { modelState } from "./modelState.ts";
import { namedAbove } from "./namedAbove.ts";
import { openPage } from "./openPage.ts";
import { openLink, openName, openSource } from "./openSource.ts";
import { codeTheme, THEME_SETTINGS } from "./theme.ts";

/** The parts that the chat's view and commands work with. */
export type ChatParts = {
  server: Server;
  downloads: Downloads;
  chat: Chat;
  composer: Composer;
  attachments: Attachments;
  files: FileSearch;
  /** Proposes a code block as an edit of the file that it belongs to. */
  applyCode: (applied: AppliedCode) => Promise<void>;
};

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
  private onFocused = () => {};

  /** @param media the folder with the page's bundle. */
  constructor(media: Uri, parts: ChatParts) {
    this.media = media;
    this.parts = parts;
    this.tab = new EditorTab(media, (message) => this.receiveFromTab(message));
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
    const focused = this.focused();
    await commands.executeCommand(`${ChatView.id}.focus`);
    // Before the page reports it: the next key may come sooner.
    setFocused(true);
    this.post({ type: "focus" });
    await focused;
    const typed = await buffer.end();
    const { text, entered } = { ...typed, text: question + typed.text };
    if (text === "" && !entered) return;
    this.post({ type: "typed", text, send: entered });
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
    this.hasFocus = false;
    this.onFocused();
    setFocused(false);
  }

  /** Resolves when the page has the focus. All keys typed before are known then. */
  private focused(): Promise<void> {
    return new Promise((resolve) => {
      this.onFocused = resolve;
    });
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
      await this.handle(message);
    } catch (error) {
      await report(error);
    }
  }

  private async handle(message: ToHost): Promise<void> {
    const { chat, composer, attachments, files } = this.parts;
    switch (message.type) {
      case "ready":
        return this.onReady();
      case "focused":
        if (message.focused) this.onFocused();
        this.hasFocus = message.focused;
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
      case "continue":
        return chat.continue(message.turn);
      case "showVersion":
        return chat.showVersion(message.turn, message.version);
      case "unqueue":
        return attachments.add(chat.unqueue(message.id)?.sources ?? []);
      case "sendQueued":
        return chat.sendQueued();
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
        return attachments.remove(message.attachment);
      case "code":
        if (message.action === "apply") return this.apply(message.code, message.language);
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
      case "setMode":
      case "setAgentBudget":
      case "chooseTools":
      case "approve":
      case "restoreStep":
      case "regenerateStep":
      case "continueAgent":
      case "undoTurn":
      case "keepTurn":
      case "openChanges":
      case "openChange":
        return;
      case "command":
        await commands.executeCommand(commandId(message.command));
        return;
      default:
        message satisfies never;
    }
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

  private apply(code: string, language: string): Promise<void> {
    const { current } = this.parts.chat;
    const answers = current.turns.map(({ reply }) => reply.answer).reverse();
    return this.parts.applyCode({ code, language, named: namedAbove(answers, code), attached: urisIn(current) });
  }

  private async send(text: string): Promise<void> {
    const { chat, composer } = this.parts;
    await chat.ask(text, composer.take());
  }

  private turn(id: string) {
    return this.parts.chat.current.turns.find((turn) => turn.id === id);
  }
}

function setFocused(focused: boolean): void {
  void commands.executeCommand("setContext", "nemotron.chatFocused", focused);
}
