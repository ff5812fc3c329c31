/** What the status bar says for each state of the server and of thinking. Pure: no editor in here. */
import type { Budget } from "../media/messages.ts";
import type { ModelInfo } from "../server/protocol.ts";
import { budgetLabel, shortBudget } from "./budgets.ts";
import { problemIn } from "./problems.ts";
import type { Doing } from "./server/activity.ts";
import type { ServerStatus } from "./server/status.ts";

export type StatusView = {
  status: ServerStatus;
  /** The chat's. */
  budget: Budget;
  /** The settings name a model. */
  modelChosen: boolean;
  /** What running replies are at. */
  doing?: Doing;
};

export type StatusText = {
  text: string;
  /** What a click does. */
  command: "chooseModel" | "loadModel" | "toggleThinking" | "showProblem";
  severity?: "warning" | "error";
  /** It waits to be needed. */
  dim?: boolean;
  /** What there is to know, line by line. It may hold names from outside: text, never markup. */
  details: string[];
};

export function statusText(view: StatusView): StatusText {
  const { status, budget, modelChosen } = view;
  switch (status.type) {
    case "asleep":
      if (!modelChosen) return noModel("No model has been chosen.");
      return {
        text: withBudget(budget),
        command: "loadModel",
        dim: true,
        details: ["Not started yet: the first question starts it. Click to load the model now."],
      };
    case "starting":
      return { text: spinning("starting"), command: "toggleThinking", details: ["The language server is starting."] };
    case "noModel":
      if (!modelChosen) return noModel("No model is loaded.");
      return {
        text: "$(lightbulb) Nemotron: not loaded",
        command: "loadModel",
        dim: true,
        details: ["The model is not loaded. Click to load it."],
      };
    case "loading":
      return {
        text: spinning(percent(status.progress)),
        command: "toggleThinking",
        details: [`Loading ${status.path}${status.backend ? ` on ${status.backend}` : ""}`],
      };
    case "ready":
      return { text: withBudget(budget), command: "toggleThinking", details: modelDetails(status.model, budget) };
    case "busy":
      return { text: busy(view), command: "toggleThinking", details: modelDetails(status.model, budget) };
    case "failed":
    case "down": {
      const severity = status.retryInMs === undefined ? "error" : "warning";
      const text = severity === "error" ? "$(error) Nemotron" : "$(warning) Nemotron";
      return {
        text,
        command: "showProblem",
        severity,
        details: [problemIn(status)!.message, "Click to see what to do."],
      };
    }
    default:
      return status satisfies never;
  }
}

/** For those who do not see it: the same in a sentence, without the icon. */
export function accessibleLabel({ text, details }: StatusText): string {
  return [text.replace(/\$\([\w~-]+\) /, ""), ...details].join(". ").replaceAll("..", ".");
}

export function whereItRuns({ backend, gpuLayers, totalLayers, device }: ModelInfo): string {
  if (backend === "cpu") return "on the CPU";
  return `with ${gpuLayers} of ${totalLayers} layers on the GPU (${device ? `${backend}, ${device}` : backend})`;
}

const noModel = (why: string): StatusText => ({
  text: "$(folder-opened) Nemotron: choose a model",
  command: "chooseModel",
  details: [`${why} Click to choose a file.`],
});

const spinning = (what: string) => `$(loading~spin) Nemotron ${what}`;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const withBudget = (budget: Budget) =>
  budget === "off" ? "$(zap) Nemotron no thinking" : `$(lightbulb) Nemotron ${shortBudget(budget)}`;

function busy({ doing }: StatusView): string {
  if (!doing) return spinning("working");
  if (doing.type === "generating") return spinning(`${rateText(doing.rate)} tok/s`);
  return spinning(`reading ${percent(doing.total > 0 ? doing.read / doing.total : 0)}`);
}

const rateText = (rate: number) => (rate < 10 ? rate.toFixed(1) : `${Math.round(rate)}`);

function modelDetails(model: ModelInfo, budget: Budget): string[] {
  const { weights, state, kv, compute, gpu } = model.memory;
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const { description } = budgetLabel(budget);
  return [
    `${model.name} ${whereItRuns(model)}`,
    `Context: ${model.contextTokens} tokens`,
    `Memory: ${gib(weights + state + kv + compute)}${gpu > 0 ? `, ${gib(gpu)} of it on the GPU` : ""}`,
    ...(model.toy ? ["This is the toy model of the tests: it knows nothing"] : []),
    ...model.notes,
    `In the chat it ${description}. Click to switch thinking ${budget === "off" ? "on" : "off"}.`,
  ];
}
