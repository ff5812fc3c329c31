/** The progress of a download in words. */
import { t } from "@vscode/l10n";
import { sizeText } from "../shared/sizeText.ts";
import type { DownloadProgress, OnDownload } from "./download.ts";
import { Speed } from "./speed.ts";

/** How often progress is reported, ms. */
const REPORT_MS = 200;

/** Reports a download in words and in percent. One for each download: it remembers the speed. */
export function progressReporter(report: (text: string, percent: number) => void): OnDownload {
  let speed = new Speed();
  let stage: DownloadProgress["stage"] | undefined;
  let at = 0;
  return (step) => {
    const now = performance.now();
    const isNew = step.stage !== stage;
    // Another stage has another speed.
    if (isNew) speed = new Speed();
    speed.add(now, step.bytes);
    if (!isNew && now - at < REPORT_MS && step.bytes < step.total) return;
    [stage, at] = [step.stage, now];
    report(textOf(step, speed.rate), step.total > 0 ? Math.min(100, (100 * step.bytes) / step.total) : 0);
  };
}

/** @param rate bytes a second. */
function textOf({ stage, bytes, total }: DownloadProgress, rate: number | undefined): string {
  const amount = t("{0} of {1}", sizeText(bytes), sizeText(total));
  switch (stage) {
    case "asking":
      return t("requesting the file");
    case "waiting":
      return `${t("another window is downloading it")} · ${amount}`;
    case "checking":
      return `${t("verifying the downloaded part")} · ${amount}`;
    case "retrying":
      return `${t("connection lost, trying again")} · ${amount}`;
    case "downloading":
    case "copying":
      return [amount, ...paceText(rate, total - bytes)].join(" · ");
    default:
      return stage satisfies never;
  }
}

function paceText(rate: number | undefined, missing: number): string[] {
  if (!rate) return [];
  return [t("{0}/s", sizeText(rate)), timeLeft(missing / rate)];
}

function timeLeft(seconds: number): string {
  if (seconds < 60) return t("{0} s left", Math.ceil(seconds));
  if (seconds < 3600) return t("{0} min left", Math.ceil(seconds / 60));
  return t("{0} h {1} min left", Math.floor(seconds / 3600), Math.ceil((seconds % 3600) / 60));
}
