/** Asks once per host whether code may be sent to it. Keeps the API keys of hosts in VS Code's secret storage. */
import { t } from "@vscode/l10n";
import { type Memento, type SecretStorage, window } from "vscode";
import type { LoadParams, RemoteHost } from "../../server/protocol.ts";
import { remoteHost } from "../../server/shared/remoteHost.ts";
import { changeSetting, loadParams } from "../config.ts";
import { ServerError } from "../errors/serverError.ts";

/** The key, in the state of all windows, of the hosts that the user has allowed. */
const ALLOWED = "remote.allowed";

/** Undefined: the user closed the question. */
type Answer = "send" | "local" | undefined;

export class RemoteAccess {
  private readonly secrets: SecretStorage;
  private readonly memento: Memento;
  /** Open questions by origin, so that the user is not asked twice at once. */
  private readonly questions = new Map<string, Promise<Answer>>();

  constructor(secrets: SecretStorage, memento: Memento) {
    this.secrets = secrets;
    this.memento = memento;
  }

  /**
   * The load with the remote engine's key, or the local model's load if the user chooses that. Rejects with notAllowed
   * if the user allows neither.
   */
  async complete(params: LoadParams): Promise<LoadParams> {
    if (!params.remote) return params;
    const { baseUrl } = params.remote;
    const host = remoteHost(baseUrl);
    // The server explains an invalid address.
    if (!host) return params;
    const answer = host.leavesMachine ? await this.answer(originOf(baseUrl), host) : "send";
    const local = answer === "local" ? loadParams() : undefined;
    if (local && !local.remote) return local;
    if (answer !== "send") throw notAllowed(host);
    return { ...params, remote: { ...params.remote, apiKey: await this.key(baseUrl) } };
  }

  /** The key for the URL's origin; undefined if none is stored. */
  key(baseUrl: string): Thenable<string | undefined> {
    return this.secrets.get(secretOf(baseUrl));
  }

  /** An empty key removes it. A key belongs to its host; other hosts never get it. */
  async setKey(baseUrl: string, key: string): Promise<void> {
    await (key === "" ? this.secrets.delete(secretOf(baseUrl)) : this.secrets.store(secretOf(baseUrl), key));
  }

  private async answer(origin: string, host: RemoteHost): Promise<Answer> {
    if (this.allowed().includes(origin)) return "send";
    const question = this.questions.get(origin) ?? this.ask(origin, host);
    this.questions.set(origin, question);
    return question.finally(() => this.questions.delete(origin));
  }

  private allowed(): string[] {
    return this.memento.get<string[]>(ALLOWED, []);
  }

  private async ask(origin: string, { host, encrypted }: RemoteHost): Promise<Answer> {
    const sent = t("Your questions, the code they are about, and their attachments leave this machine.");
    const detail = encrypted
      ? sent
      : `${sent} ${t("The connection is not encrypted, so others on the network can read them.")}`;
    const [send, local] = [t("Send to This Host"), t("Use Local Engine")];
    const options = { modal: true, detail };
    const choice = await window.showWarningMessage(t("Send your code to {0}?", host), options, send, local);
    if (choice === local) await changeSetting("remote.baseUrl", "");
    if (choice !== send) return choice === local ? "local" : undefined;
    await this.memento.update(ALLOWED, [...this.allowed(), origin]);
    return "send";
  }
}

const originOf = (baseUrl: string) => new URL(baseUrl).origin;
const secretOf = (baseUrl: string) => `remote.key:${originOf(baseUrl)}`;

const notAllowed = ({ host }: RemoteHost) =>
  new ServerError("notAllowed", t("Nothing was sent: sending to {0} is not allowed.", host), {
    next: t("Try again to be asked again, or use the local engine."),
  });
