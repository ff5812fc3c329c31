import { type Disposable, StatusBarAlignment, ThemeColor, window, workspace } from "vscode";
import { thinking } from "./config.ts";
import type { Server } from "./server.ts";
import { statusText } from "./statusText.ts";

const COLOUR = { warning: "statusBarItem.warningBackground", error: "statusBarItem.errorBackground" };

/** Shows the state at a glance; a click toggles thinking, or leads to a model when there is none. */
export class StatusBar implements Disposable {
  private readonly server: Server;
  private readonly item = window.createStatusBarItem("nemotron.status", StatusBarAlignment.Right, 100);
  private readonly listeners: Disposable[];

  constructor(server: Server) {
    this.server = server;
    this.item.name = "Nemotron Local";
    this.listeners = [
      server.onStatus(() => this.render()),
      workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("nemotron") && this.render()),
    ];
    this.render();
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private render(): void {
    const { status } = this.server;
    const { text, tooltip, severity } = statusText(status, thinking());
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `Nemotron Local: ${tooltip}` };
    this.item.backgroundColor = severity && new ThemeColor(COLOUR[severity]);
    const leads = { noModel: "nemotron.chooseModel", failed: "nemotron.showLog" } as const;
    this.item.command =
      status.type === "noModel" || status.type === "failed" ? leads[status.type] : "nemotron.toggleThinking";
  }
}
