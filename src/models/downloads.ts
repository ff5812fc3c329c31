/** What can be got, and what is being got: one download at a time, told to whoever draws it. */
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
  private looked = false;
  private asking: Promise<ModelsResult> | undefined;
  readonly onDidChange = this.changed.event;
  /** What is being downloaded in this window. */
  running: Download | undefined;
  /** Why the last one did not come, and what to do; until another begins, or the user has cancelled it. */
  problem?: string;
  /** What was offered last; undefined until somebody has looked. */
  offered: ModelsResult | undefined;

  constructor(server: Server, memento: Memento, secrets: SecretStorage) {
    this.server = server;
    this.memento = memento;
    this.secrets = secrets;
  }

  /** What can be run here, as it is now. Asked for twice at once, it is looked at once. */
  look(): Promise<ModelsResult> {
    // Later: the server's start is told to listeners that want to look as well.
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

  /** For a page that is drawn again and again. A failure changes nothing on it. */
  lookOnce(): void {
    if (this.looked) return;
    this.looked = true;
    this.look().catch(() => {});
  }

  /** The one for whoever does not want to choose: what is recommended, else the best that runs. */
  get recommended(): ModelOffer | undefined {
    const offers = this.offered?.offers ?? [];
    return offers.find(({ recommended }) => recommended) ?? offers.find(({ fit }) => fit.type !== "no");
  }

  /**
   * Brings the model here, after its license has been accepted.
   * @returns its file, or undefined where the user does not want it any more. Rejects with a ServerError.
   */
  async get(offer: ModelOffer): Promise<string | undefined> {
    if (this.running) throw new Error(t("{0} is being downloaded. Wait for it, or cancel it.", this.running.name));
    // A file that is here already is only checked, which takes no license; unless it turns out to be none.
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

  /** Has a file of the user's own checked, and copied if that is wanted. Rejects with a ServerError. */
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

  /** With a notification that tells how far it is, and can be cancelled. */
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
      // What is here has changed. A server that cannot tell has said so elsewhere.
      this.look().catch(() => {});
    }
  }

  private show(running: Download | undefined): void {
    this.running = running;
    this.changed.fire();
  }
}
