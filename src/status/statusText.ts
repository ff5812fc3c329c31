/** What the status bar says for each state of the server and of thinking. Pure: no VS Code API. */
import { t } from "@vscode/l10n";
import type { Budget } from "../../media/messages.ts";
import type { Backend, OtherClients, RemoteHost } from "../../server/protocol.ts";
import type { Activity } from "../client/activity.ts";
import { problemIn } from "../errors/problems.ts";
import { refusedError, type ServerStatus } from "../errors/serverError.ts";
import type { Download } from "../models/downloads.ts";
import { shortBudget } from "../text/budgets.ts";
import { numberText } from "../text/locale.ts";
import { isOtherModel, modelName, whereItRuns } from "../text/models.ts";
import { busyText, othersText } from "../text/others.ts";

type LoadedStatus = Extract<ServerStatus, { type: "ready" | "busy" }>;

/** What the texts depend on. */
export type StatusView = {
  status: ServerStatus;
  /** The chat's thinking budget. */
  budget: Budget;
  /** The settings name a model. */
  modelChosen: boolean;
  /** The model file that the settings name. */
  wanted?: string;
  /** The host of the remote engine that the settings name. */
  remote?: RemoteHost;
  /** The base URL of the endpoint, while it runs. */
  endpoint?: string;
  /** The stage of the running replies. */
  activity?: Activity;
  /** A running download. */
  download?: Download;
};

export type StatusText = {
  text: string;
  /** The command of a click. */
  command: "chooseModel" | "loadModel" | "toggleThinking" | "showProblem";
  severity?: "warning" | "error";
  /** Shown dimmed: not loaded until it is needed. */
  dim?: boolean;
  /** A better backend failed. */
  fellBack?: boolean;
  /** The model is another than this window's settings name. */
  other?: boolean;
  /** Details, line by line. They may contain names from outside, so they are text, never markup. */
  details: string[];
};

/** Returns all texts of the item for one state of the engine. */
export function statusText(view: StatusView): StatusText {
  const { endpoint } = view;
  const state = stateText(view);
  if (endpoint === undefined) return state;
  return {
    ...state,
    text: `${state.text} $(broadcast) ${new URL(endpoint).port}`,
    details: [...state.details, t("OpenAI endpoint: {0}", endpoint)],
  };
}

/** The text without the endpoint. */
function stateText(view: StatusView): StatusText {
  const { download, modelChosen } = view;
  const rest = restText(view);
  if (!download) return rest;
  const details = [t("Downloading {0}: {1}", download.name, download.text), ...rest.details];
  const text = `$(cloud-download) ${percent(download.share)}`;
  if (modelChosen) return { ...rest, text: `${rest.text} ${text}`, details };
  return {
    text: `$(cloud-download) Nemotron ${percent(download.share)}`,
    command: "chooseModel",
    details: details.slice(0, 1),
  };
}

/** The text without a download. */
function restText(view: StatusView): StatusText {
  const { status, modelChosen } = view;
  switch (status.type) {
    case "asleep":
      if (!modelChosen) return noModel(t("No model is chosen."));
      return {
        text: withBudget(view),
        command: "loadModel",
        dim: true,
        details: [
          ...destination(view.remote),
          t("Not started yet: the first question starts it. Click to load the model now."),
        ],
      };
    case "starting":
      if (!modelChosen) return noModel(t("No model is chosen."));
      return {
        text: spinning(t("Nemotron starting")),
        command: "toggleThinking",
        details: [t("The language server is starting.")],
      };
    case "noModel":
      if (!modelChosen) return noModel(t("No model is loaded."));
      return {
        text: `$(lightbulb) ${t("Nemotron: not loaded")}`,
        command: "loadModel",
        dim: true,
        details: [
          ...destination(view.remote),
          ...(status.reason
            ? [status.reason, t("The next request loads it again. Click to load it now.")]
            : [t("The model is not loaded. Click to load it.")]),
        ],
      };
    case "refused":
      return {
        text: `$(warning) ${status.name === "otherVersion" ? t("Nemotron: reload") : t("Nemotron: other model")}`,
        command: "showProblem",
        severity: "warning",
        details: [refusedError(status).message, t("Click to choose.")],
      };
    case "loading":
      return {
        text: spinning(`Nemotron ${percent(status.progress)}`),
        command: "toggleThinking",
        details: [loading(status)],
      };
    case "ready":
    case "busy": {
      const { model, others } = status;
      const fellBack = (model.failedBackends ?? []).length > 0;
      // The backend is of interest only if a better one failed.
      const on = fellBack ? ` (${backendName(model.backend)})` : "";
      // Work for others alone is not this window's.
      const own = status.type === "busy" && status.requests > 0;
      const text = own ? busy(view, others) : withBudget(view) + on;
      const other = isOtherModel(model, view.wanted);
      return { text, command: "toggleThinking", fellBack, other, details: modelDetails(status, view) };
    }
    case "failed":
    case "down": {
      const severity = status.retryInMs === undefined ? "error" : "warning";
      const text = severity === "error" ? "$(error) Nemotron" : "$(warning) Nemotron";
      return {
        text,
        command: "showProblem",
        severity,
        details: [...destination(view.remote), problemIn(status)!.message, t("Click to see what to do.")],
      };
    }
    default:
      return status satisfies never;
  }
}

/** The same as sentences without icons, for screen readers. */
export function accessibleLabel({ text, details }: StatusText): string {
  return [text.replace(/\$\([\w~-]+\) /g, ""), ...details].join(". ").replaceAll("..", ".").replaceAll("。.", "。");
}

const backendName = (backend: Backend) => ({ cuda: "CUDA", vulkan: "Vulkan", metal: "Metal", cpu: "CPU" })[backend];

const noModel = (why: string): StatusText => ({
  text: `$(folder-opened) ${t("Nemotron: choose a model")}`,
  command: "chooseModel",
  details: [`${why} ${t("Click to download one or choose a file.")}`],
});

const spinning = (what: string) => `$(loading~spin) ${what}`;
const percent = (share: number) => `${Math.round(share * 100)} %`;

function withBudget({ budget, status, remote }: StatusView): string {
  const place = status.type === "ready" ? status.model.remote : remote;
  const text = budget === "off" ? t("Nemotron no thinking") : `Nemotron ${shortBudget(budget)}`;
  if (place?.leavesMachine) return `$(cloud-upload) ${text} · ${place.host}`;
  return `$(${budget === "off" ? "zap" : "lightbulb"}) ${text}`;
}

/** Where code is sent, if it leaves this machine: always shown. */
function destination(remote: RemoteHost | undefined): string[] {
  if (!remote?.leavesMachine) return [];
  const sent = t("Your code is sent to {0}.", remote.host);
  return remote.encrypted ? [sent] : [sent, t("The connection is not encrypted.")];
}

function loading({ path, backend, remote }: Extract<ServerStatus, { type: "loading" }>): string {
  if (remote) return t("Connecting to {0}", remote.host);
  return backend ? t("Loading {0} on {1}", path, backend) : t("Loading {0}", path);
}

function busy({ activity, remote }: StatusView, others: OtherClients | undefined): string {
  const text = spinning(
    activity ? activityText(activity) : others?.busy ? t("Nemotron waiting") : t("Nemotron working"),
  );
  return remote?.leavesMachine ? `${text} · ${remote.host}` : text;
}

function activityText(activity: Activity): string {
  if (activity.type === "generating") return t("Nemotron {0} tok/s", rateText(activity.rate));
  return t("Nemotron reading {0}", percent(activity.total > 0 ? activity.read / activity.total : 0));
}

const rateText = (rate: number) => (rate < 10 ? rate.toFixed(1) : `${Math.round(rate)}`);

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const memorySize = (bytes: number) =>
  bytes < GiB ? `${Math.round(bytes / MiB)} MiB` : `${(bytes / GiB).toFixed(1)} GiB`;

/** Measured RAM is preferred to the plan. For the GPU there is only the plan. */
function memoryText({ model: { memory }, heldBytes }: LoadedStatus): string {
  const { weights, state, kv, compute, gpu } = memory;
  if (heldBytes !== undefined && gpu > 0)
    return t("Memory: {0} on the GPU, {1} of RAM in use", memorySize(gpu), memorySize(heldBytes));
  if (heldBytes !== undefined) return t("Memory: {0} of RAM in use", memorySize(heldBytes));
  const size = memorySize(weights + state + kv + compute);
  return gpu > 0 ? t("Memory: {0}, {1} of it on the GPU", size, memorySize(gpu)) : t("Memory: {0}", size);
}

/** Details about sharing the engine with others. */
function sharingDetails({ model, others }: LoadedStatus, wanted: string | undefined): string[] {
  const who = others && othersText(others);
  return [
    ...(who ? [t("Also used by {0}.", who)] : []),
    ...(others?.busy ? [busyText(others)] : []),
    ...(isOtherModel(model, wanted) ? [t("This window is set to use {0}.", modelName(wanted!))] : []),
  ];
}

function modelDetails(status: LoadedStatus, { budget, wanted }: StatusView): string[] {
  const { model } = status;
  return [
    `${model.name} ${whereItRuns(model)}`,
    ...destination(model.remote),
    t("Context: {0} tokens", numberText(model.contextTokens)),
    ...(model.remote ? [] : [memoryText(status)]),
    ...sharingDetails(status, wanted),
    ...(model.toy ? [t("This is the toy model of the tests: its answers mean nothing")] : []),
    ...model.notes,
    thinkingHint(budget),
  ];
}

function thinkingHint(budget: Budget): string {
  if (budget === "off") return t("In the chat it answers at once. Click to switch thinking on.");
  if (budget === "unlimited") return t("In the chat it thinks until it is done. Click to switch thinking off.");
  const most = numberText(Number(budget));
  return t("In the chat it thinks for up to {0} tokens. Click to switch thinking off.", most);
}
