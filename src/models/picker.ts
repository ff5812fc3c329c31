/** The list of models: how each fits on this machine, and its actions. */
import { t } from "@vscode/l10n";
import { env, type QuickInputButton, type QuickPickItem, QuickPickItemKind, ThemeIcon, Uri, window } from "vscode";
import type { ModelOffer, ModelsResult } from "../../server/protocol.ts";
import { setting } from "../config.ts";
import { report } from "../errors/report.ts";
import { fitText, hardwareText, offerSize, sizeText } from "../text/models.ts";
import { openInput } from "../typing/openInput.ts";
import type { Download, Downloads } from "./downloads.ts";

export type Choice =
  | { type: "get" | "delete"; offer: ModelOffer }
  /** Cancels the running download. */
  | { type: "stop" }
  /** A file of the user's own. */
  | { type: "own" }
  | { type: "token" };

type Button = QuickInputButton & { run: Choice | { page: string } };
type Item = QuickPickItem & { choice?: Choice; buttons?: Button[] };

/** @returns undefined when the user cancels. */
export function pickModel(downloads: Downloads): Promise<Choice | undefined> {
  return new Promise((resolve) => {
    const input = window.createQuickPick<Item>();
    input.title = t("Models");
    input.placeholder = t("Checking this machine…");
    input.matchOnDescription = true;
    input.ignoreFocusOut = true;
    input.busy = true;
    const show = () => {
      const { offered, running } = downloads;
      input.items = offered ? allItems(offered, running) : [ownItem()];
      if (!offered) return;
      input.title = offered.usedBytes > 0 ? t("Models · {0} on disk", sizeText(offered.usedBytes)) : t("Models");
      input.placeholder = hardwareText(offered.hardware);
    };
    const end = (choice?: Choice) => {
      resolve(choice);
      input.hide();
    };
    let shownId = downloads.running?.id;
    // Redrawing the list for each step of a download would move it under the pointer.
    const listener = downloads.onDidChange(() => {
      if (downloads.running?.id === shownId) return;
      shownId = downloads.running?.id;
      show();
    });
    input.onDidAccept(() => {
      const [item] = input.selectedItems;
      if (item?.choice) end(item.choice);
    });
    input.onDidTriggerItemButton(({ button }) => {
      const { run } = button as Button;
      if ("page" in run) void env.openExternal(Uri.parse(run.page));
      else end(run);
    });
    input.onDidHide(() => {
      listener.dispose();
      input.dispose();
      resolve(undefined);
    });
    show();
    openInput(input);
    downloads
      .refresh()
      .then(show, (error) => {
        input.placeholder = t("Could not determine which models fit on this machine.");
        void report(error);
      })
      .finally(() => {
        input.busy = false;
      });
  });
}

/** The recommendation, what is here, a file of the user's own, what fits, and the rest. */
function allItems({ offers }: ModelsResult, running: Download | undefined): Item[] {
  const others = offers.filter(({ recommended }) => !recommended);
  const group = (label: string, offers: ModelOffer[]): Item[] =>
    offers.length === 0
      ? []
      : [{ label, kind: QuickPickItemKind.Separator }, ...offers.map((offer) => offerItem(offer, running))];
  const lacking = others.filter(({ path }) => !path);
  return [
    ...group(
      t("recommended"),
      offers.filter(({ recommended }) => recommended),
    ),
    ...group(
      t("on this machine"),
      others.filter(({ path }) => path),
    ),
    { label: "", kind: QuickPickItemKind.Separator },
    ownItem(),
    ...group(
      t("available for download"),
      lacking.filter(({ fit }) => fit.type !== "no"),
    ),
    ...group(
      t("too large for this machine"),
      lacking.filter(({ fit }) => fit.type === "no"),
    ),
    { label: "", kind: QuickPickItemKind.Separator },
    { label: `$(key) ${t("Set Hugging Face Access Token…")}`, choice: { type: "token" } },
  ];
}

const ownItem = (): Item => ({
  label: `$(folder-opened) ${t("Use Your Own File…")}`,
  alwaysShow: true,
  choice: { type: "own" },
});

function offerItem(offer: ModelOffer, running: Download | undefined): Item {
  const { id, name, quantization, path, fit, recommended } = offer;
  const isRunning = running?.id === id;
  const icon = isRunning ? "sync" : path ? (path === setting("model") ? "pass-filled" : "check") : "cloud-download";
  return {
    label: `$(${icon}) ${name}`,
    description: [quantization, offerSize(offer), ...stateOf(offer, isRunning)].join(" · "),
    detail: fitText(fit),
    picked: recommended,
    choice: isRunning ? { type: "stop" } : { type: "get", offer },
    buttons: buttonsOf(offer, isRunning),
  };
}

function stateOf({ path, partialBytes }: ModelOffer, isRunning: boolean): string[] {
  if (isRunning) return [t("downloading, select to cancel")];
  if (path) return [path === setting("model") ? t("in use") : t("downloaded")];
  return partialBytes ? [t("resumes from {0}", sizeText(partialBytes))] : [];
}

function buttonsOf(offer: ModelOffer, isRunning: boolean): Button[] {
  const { license, repository, path, partialBytes } = offer;
  const page = `https://huggingface.co/${repository}`;
  const removable = !isRunning && (path !== undefined || partialBytes !== undefined);
  return [
    { iconPath: new ThemeIcon("law"), tooltip: t("Open {0}", license.name), run: { page: license.url } },
    { iconPath: new ThemeIcon("link-external"), tooltip: t("Open Model Page"), run: { page } },
    ...(removable
      ? [{ iconPath: new ThemeIcon("trash"), tooltip: t("Delete"), run: { type: "delete" as const, offer } }]
      : []),
  ];
}
