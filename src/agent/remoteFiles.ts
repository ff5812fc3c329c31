/** Says once per host and workspace that the agent sends files to a remote engine, before the first one leaves. */
import { t } from "@vscode/l10n";
import { type Memento, window } from "vscode";
import { chosenModel } from "../config.ts";

/** The workspace's key for the hosts that may get its files. */
const ALLOWED = "agent.remoteHosts";

export class RemoteFiles {
  private readonly memento: Memento;

  constructor(memento: Memento) {
    this.memento = memento;
  }

  /** Asks if need be. Returns why the agent cannot begin, in words; undefined if it can. */
  async obstacle(): Promise<string | undefined> {
    const { remote } = chosenModel();
    if (!remote?.leavesMachine) return undefined;
    const { host } = remote;
    const allowed = this.memento.get<string[]>(ALLOWED, []);
    if (allowed.includes(host)) return undefined;
    const detail = t("The agent decides which files of this workspace it reads. What it reads leaves this machine.");
    const send = t("Send to This Host");
    const question = t("Let the agent send files to {0}?", host);
    const chosen = await window.showWarningMessage(question, { modal: true, detail }, send);
    if (chosen !== send) return t("Nothing was sent: sending to {0} is not allowed.", host);
    await this.memento.update(ALLOWED, [...allowed, host]);
    return undefined;
  }
}
