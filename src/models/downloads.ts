/** The models that are offered, and the running download. There is one download at a time. */
import { t } from "@vscode/l10n";
import {
  CancellationTokenSource,
  type Disposable,
  EventEmitter,
  type Memento,
  ProgressLocation,
  type SecretStorage,
  window,
} from "vscode";
import type { ModelOffer, ModelsResult } from "../../server/protocol.ts";
import type { OnWorkDone } from "../client/connection.ts";
import type { Server } from "../client/server.ts";
import { fitParams } from "../config.ts";
import { sentences } from "../errors/problems.ts";
import { ServerError } from "../errors/serverError.ts";
import { acceptLicense } from "./license.ts";
import { networkOptions } from "./network.ts";

/** `share`: 0 to 1. `text`: bytes, speed, time left. */
export type Download = { id: string; name: string; share: number; text: string };

export class Downloads implements Disposable {
  private readonly server: Server;
  private readonly memento: Memento;
  readonly secrets: SecretStorage;
  private readonly changed = new EventEmitter<void>();
  private cancel: CancellationTokenSource | undefined;
  private wasRefreshed = false;
  private asking: Promise<ModelsResult> | undefined;
  readonly onDidChange = this.changed.event;
  /** What is being downloaded in this window. */
  running: Download | undefined;
  /** Why the last download failed, and what to do. Undefined once another begins. */
  problem?: string;
  /** The last result of `refresh`; undefined before it. */
  offered: ModelsResult | undefined;

  constructor(server: Server, memento: Memento, secrets: SecretStorage) {
    this.server = server;
    this.memento = memento;
    this.secrets = secrets;
  }

  /** Asks the server which models fit this machine now. Concurrent calls share one request. */
  refresh(): Promise<ModelsResult> {
    // Deferred: the start of the server fires events, and their listeners call this as well.
    this.asking ??= Promise.resolve()
      .then(() => this.server.models(fitParams()))
      .then((offered) => {
        this.offered = offered;
        this.changed.fire();
        return offered;
      })
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  }

  /** Refreshes only on the first call, for a page that is drawn often. Ignores failures. */
  refreshOnce(): void {
    if (this.wasRefreshed) return;
    this.wasRefreshed = true;
    this.refresh().catch(() => {});
  }

  /** The model for users who do not want to choose: the recommended one, else the first that fits. */
  get recommended(): ModelOffer | undefined {
    const offers = this.offered?.offers ?? [];
    return offers.find(({ recommended }) => recommended) ?? offers.find(({ fit }) => fit.type !== "no");
  }

  /**
   * Downloads the model, after the user has accepted its license.
   * @returns the path of its file, or undefined if the user declined. Rejects with a ServerError, or with an Error in
   * words for the user while another download is running.
   */
  async get(offer: ModelOffer): Promise<string | undefined> {
    if (this.running) throw new Error(t("{0} is being downloaded. Wait for it, or cancel it.", this.running.name));
    // A file that is here already is only checked, which needs no license, unless the check fails.
    if (offer.path) {
      const checked = await this.download(offer, false).catch((error) => {
        if (error instanceof ServerError && error.code === "licenseNotAccepted") return undefined;
        throw error;
      });
      if (checked) return checked;
    }
    return (await acceptLicense(offer, this.memento)) ? this.download(offer, true) : undefined;
  }

  private async download({ id, name }: ModelOffer, acceptLicense: boolean): Promise<string> {
    const params = { id, acceptLicense, ...(await networkOptions(this.secrets)) };
    return this.watched(name, id, (onProgress, token) => this.server.download(params, onProgress, token));
  }

  /** Checks a file of the user's own, and copies it if wanted. Returns the path to use. Rejects with a ServerError. */
  async import(path: string, copy: boolean): Promise<string> {
    const name = path.split(/[\\/]/).at(-1)!;
    return this.watched(name, path, (onProgress, token) => this.server.importModel({ path, copy }, onProgress, token));
  }

  stop(): void {
    this.cancel?.cancel();
  }

  dispose(): void {
    this.stop();
    this.changed.dispose();
  }

  /** Runs the work with a notification that shows its progress and can cancel it. */
  private async watched(
    name: string,
    id: string,
    work: (onProgress: OnWorkDone, token: CancellationTokenSource["token"]) => Promise<{ path: string }>,
  ): Promise<string> {
    const source = new CancellationTokenSource();
    this.cancel = source;
    this.problem = undefined;
    this.show({ id, name, share: 0, text: t("starting") });
    const options = {
      location: ProgressLocation.Notification,
      title: t("Nemotron: downloading the model"),
      cancellable: true,
    };
    try {
      return await window.withProgress(options, async (progress, token) => {
        token.onCancellationRequested(() => source.cancel());
        const { path } = await work(({ percentage = 0, message: text = "" }) => {
          const [before, share] = [this.running?.share ?? 0, percentage / 100];
          this.show({ id, name, share, text });
          progress.report({ message: text, increment: 100 * Math.max(0, share - before) });
        }, source.token);
        return path;
      });
    } catch (error) {
      if (error instanceof ServerError && error.code !== "cancelled")
        this.problem = sentences(error.message, error.data.next);
      throw error;
    } finally {
      source.dispose();
      this.cancel = undefined;
      this.show(undefined);
      // The files on disk have changed. A failure here would only repeat one that was shown.
      this.refresh().catch(() => {});
    }
  }

  private show(running: Download | undefined): void {
    this.running = running;
    this.changed.fire();
  }
}
