/** Loads the chosen model, with its progress in a notification. */
import { t } from "@vscode/l10n";
import { ProgressLocation, window } from "vscode";
import type { ModelInfo } from "../../server/protocol.ts";
import type { LoadOptions } from "../client/model.ts";
import type { Server } from "../client/server.ts";
import { escapeNotification } from "../errors/problems.ts";
import { numberText } from "../text/locale.ts";
import { whereItRuns } from "../text/models.ts";

/** Loads the chosen model, and reports the result as a notification. Rejects with a ServerError. */
export async function loadAndReport(server: Server, options: LoadOptions = {}): Promise<void> {
  const model = await loadWithProgress(server, options);
  const toy = model.toy ? [t("This is the toy model of the tests: its answers mean nothing.")] : [];
  const { name, contextTokens } = model;
  const facts = [
    t("{0} is loaded {1} with {2} tokens of context.", name, whereItRuns(model), numberText(contextTokens)),
  ];
  // GpuNotices warns about backends that failed.
  const failed = model.failedBackends?.map(({ reason }) => reason) ?? [];
  const notes = model.notes.filter((note) => !failed.includes(note));
  void window.showInformationMessage(escapeNotification(`Nemotron: ${[...facts, ...toy, ...notes].join(" ")}`));
}

/** Rejects with a ServerError. */
export function loadWithProgress(server: Server, load: LoadOptions = {}): Promise<ModelInfo> {
  const options = {
    location: ProgressLocation.Notification,
    title: t("Nemotron: loading the model"),
    cancellable: true,
  };
  const run = window.withProgress(options, async (progress, token) => {
    let shown = 0;
    const listeners = [
      server.onStatus((status) => {
        if (status.type !== "loading") return;
        const percent = Math.round(status.progress * 100);
        progress.report({ message: `${percent} %`, increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      }),
      // Cancelling frees the memory of the half-loaded model. The status reports a failure.
      token.onCancellationRequested(() => server.stopLoading()),
    ];
    try {
      return await server.load(token, load);
    } finally {
      for (const listener of listeners) listener.dispose();
    }
  });
  return Promise.resolve(run);
}
