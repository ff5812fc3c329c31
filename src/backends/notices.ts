/** When a model has been loaded: warns about GPU backends that failed, and suggests CUDA once. */
import { t } from "@vscode/l10n";
import { type Disposable, type Memento, window } from "vscode";
import type { ModelInfo } from "../../server/protocol.ts";
import type { Server } from "../client/server.ts";
import { setting } from "../config.ts";
import { escapeNotification } from "../errors/problems.ts";
import { report } from "../errors/report.ts";
import { whereItRuns } from "../text/models.ts";
import { installAndLoad, registry, retryGpu } from "./backends.ts";
import { canUseCuda, cudaDescription } from "./cuda.ts";

/** The key in the extension's global state: true if the user does not want to be asked again. */
const DECLINED = "nemotron.cudaDeclined";

export class GpuNotices implements Disposable {
  private readonly server: Server;
  private readonly memento: Memento;
  private readonly listener: Disposable;
  /** The failures of the last warning: they are not shown again after a restart on the same backend. */
  private shown = "";
  private offered = false;

  constructor(server: Server, memento: Memento) {
    this.server = server;
    this.memento = memento;
    this.listener = server.onStatus((status) => {
      if (status.type !== "ready") return;
      // Not awaited: these resolve when the user closes a notification.
      this.warnOfFailures(status.model).catch(report);
      this.offerCuda(status.model).catch(report);
    });
  }

  dispose(): void {
    this.listener.dispose();
  }

  private async warnOfFailures(model: ModelInfo): Promise<void> {
    const reasons = (model.failedBackends ?? []).map(({ reason }) => reason).join(" ");
    if (reasons === this.shown) return;
    this.shown = reasons;
    if (reasons === "") return;
    const text = `Nemotron: ${reasons} ${t("{0} runs {1}.", model.name, whereItRuns(model))}`;
    const again = t("Try Again");
    if ((await window.showWarningMessage(escapeNotification(text), again)) !== again) return;
    // The outcome is shown even if it is the same.
    this.shown = "";
    await retryGpu({ server: this.server });
  }

  /** Once a session, and never again after the user has declined. */
  private async offerCuda(model: ModelInfo): Promise<void> {
    if (this.offered || this.memento.get(DECLINED) || model.backend === "cuda" || setting("gpu") !== "auto") return;
    this.offered = true;
    const found = await this.server.backends();
    if (!canUseCuda(found)) return;
    const [install, never] = [t("Install"), t("Don't Ask Again")];
    const [card] = found.nvidia.devices;
    const text = [
      t("{0} may run faster with CUDA.", card ?? t("the NVIDIA card")),
      cudaDescription(found, registry()),
    ].join(" ");
    const chosen = await window.showInformationMessage(escapeNotification(`Nemotron: ${text}`), install, never);
    if (chosen === never) await this.memento.update(DECLINED, true);
    if (chosen === install) await installAndLoad(this.server);
  }
}
