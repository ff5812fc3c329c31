import { t } from "@vscode/l10n";
import { type Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window, workspace } from "vscode";
import { BUDGETS, type Budget } from "../../media/messages.ts";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import type { Server } from "../client/server.ts";
import { chosenModel, chosenModelFile, defaultBudget } from "../config.ts";
import type { Downloads } from "../models/downloads.ts";
import { shortBudget } from "../text/budgets.ts";
import { accessibleLabel, type StatusText, statusText } from "./statusText.ts";

const COLOUR = { warning: "statusBarItem.warningBackground", error: "statusBarItem.errorBackground" };
/** How often a rate or a progress is redrawn, ms. */
const REFRESH_MS = 500;
/** The only commands that tooltip links may run. */
const LINKED = [
  ...["setBudget", "pickDefaults", "retryGpu", "restartServer", "unloadModel", "useLocal", "showLog"],
  ...["startEndpoint", "stopEndpoint", "copyEndpointUrl", "replaceModel"],
].map((id) => `nemotron.${id}`);

/** Shows the state at a glance; a click toggles thinking, or leads to what is missing. */
export class StatusBar implements Disposable {
  private readonly server: Server;
  private readonly downloads: Downloads;
  private readonly item = window.createStatusBarItem("nemotron.status", StatusBarAlignment.Right, 100);
  private readonly listeners: Disposable[];
  private refreshing: NodeJS.Timeout | undefined;
  /** What is shown. Setting the tooltip again, even to the same text, would close it under the pointer. */
  private shown = "";

  constructor(server: Server, downloads: Downloads) {
    this.server = server;
    this.downloads = downloads;
    this.item.name = "Nemotron Local";
    this.listeners = [
      server.onStatus(() => this.render()),
      server.endpoint.onDidChange(() => this.render()),
      downloads.onDidChange(() => this.render()),
      workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("nemotron") && this.render()),
    ];
    this.render();
    this.item.show();
  }

  dispose(): void {
    clearInterval(this.refreshing);
    this.item.dispose();
    for (const listener of this.listeners) listener.dispose();
  }

  private render(): void {
    const { status, endpoint } = this.server;
    const busy = status.type === "busy";
    this.refreshWhile(busy);
    const budget = defaultBudget("chat");
    const activity = busy ? this.server.activity() : undefined;
    const { name, remote } = chosenModel();
    const download = this.downloads.running;
    const view = statusText({
      ...{ status, budget, remote, activity, download },
      modelChosen: name !== "",
      wanted: chosenModelFile(),
      endpoint: endpoint.url,
    });
    this.item.text = view.text;
    const rest = JSON.stringify([{ ...view, text: "" }, budget]);
    if (rest === this.shown) return;
    this.shown = rest;
    this.item.command = `nemotron.${view.command}`;
    this.item.backgroundColor = view.severity && new ThemeColor(COLOUR[view.severity]);
    this.item.color = view.dim ? new ThemeColor("descriptionForeground") : undefined;
    this.item.accessibilityInformation = { label: accessibleLabel(view) };
    this.item.tooltip = tooltip(view, budget, { serving: endpoint.url !== undefined, isRemote: remote !== undefined });
  }

  private refreshWhile(busy: boolean): void {
    if (busy === (this.refreshing !== undefined)) return;
    clearInterval(this.refreshing);
    this.refreshing = busy ? setInterval(() => this.render(), REFRESH_MS) : undefined;
  }
}

type Offers = { serving: boolean; isRemote: boolean };

function tooltip(
  { details, fellBack, other }: StatusText,
  budget: Budget,
  { serving, isRemote }: Offers,
): MarkdownString {
  const markdown = new MarkdownString(undefined, true);
  markdown.isTrusted = { enabledCommands: LINKED };
  for (const line of details) markdown.appendText(sanitizeDisplayText(line)).appendMarkdown("\n\n");
  const budgets = BUDGETS.map((choice) => {
    const label = choice === "off" ? t("Off") : shortBudget(choice);
    return choice === budget ? `**${label}**` : link(label, "setBudget", choice);
  });
  markdown.appendMarkdown(`---\n\n${t("Chat thinking budget: {0}", budgets.join(" · "))}\n\n`);
  const endpoint = serving
    ? [link(`$(copy) ${t("Copy URL")}`, "copyEndpointUrl"), link(`$(debug-stop) ${t("Stop Endpoint")}`, "stopEndpoint")]
    : [link(`$(broadcast) ${t("Start OpenAI Endpoint")}`, "startEndpoint")];
  markdown.appendMarkdown(`${endpoint.join(" · ")}\n\n`);
  const actions = [
    link(t("Per-Action Thinking…"), "pickDefaults"),
    ...(fellBack ? [link(`$(refresh) ${t("Try the GPU Again")}`, "retryGpu")] : []),
    ...(other ? [link(`$(arrow-swap) ${t("Load Mine for All Windows")}`, "replaceModel")] : []),
    link(`$(debug-restart) ${t("Restart Server")}`, "restartServer"),
    link(`$(debug-disconnect) ${t("Unload")}`, "unloadModel"),
    ...(isRemote ? [link(`$(device-desktop) ${t("Use Local Engine")}`, "useLocal")] : []),
    link(`$(output) ${t("Show Log")}`, "showLog"),
  ];
  return markdown.appendMarkdown(actions.join(" · "));
}

function link(label: string, command: string, argument?: string): string {
  const query = argument === undefined ? "" : `?${encodeURIComponent(JSON.stringify([argument]))}`;
  return `[${label}](command:nemotron.${command}${query})`;
}
