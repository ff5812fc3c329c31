/** What a download is at, in words. */
import { t } from "@vscode/l10n";
import type { DownloadProgress, OnDownload } from "./download.ts";
import { Speed } from "./speed.ts";

/** More often than that nobody looks, ms. */
const REPORT_MS = 200;

/**
 * Tells of a download in words, and in percent, as often as somebody may look. Made anew for each: it remembers how fast it
 * was.
 */
export function progressReporter(report: (text: string, percent: number) => void): OnDownload {
  let speed = new Speed();
  let stage: DownloadProgress["stage"] | undefined;
  let at = 0;
  return (step) => {
    const now = performance.now();
    const isNew = step.stage !== stage;
    // What is read, or waited for, at another speed says nothing of this one.
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
      return t("asking for the file");
    case "waiting":
      return `${t("another window is downloading it")} · ${amount}`;
    case "checking":
      return `${t("checking what is here")} · ${amount}`;
    case "retrying":
      return `${t("the connection was lost, trying again")} · ${amount}`;
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

/** `6.5 GB`, `840 MB`, `2.6 MB`: as pages of models count, in thousands. */
export function sizeText(bytes: number): string {
  if (bytes === 0) return "0 MB";
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, "GB"] : bytes >= 1e6 ? [bytes / 1e6, "MB"] : [bytes / 1e3, "kB"];
  return `${value < 10 || unit === "GB" ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
