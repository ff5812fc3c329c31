/** The settings, in one typed place. Their defaults are in the manifest alone. */
import { workspace } from "vscode";
import type { Budget } from "../media/messages.ts";
import {
  type EnginePolicy,
  type LoadParams,
  MAX_KEEP_ALIVE_MINUTES,
  type ModelsParams,
  type RemoteHost,
  type Sampling,
  type Thinking,
} from "../server/protocol.ts";
import { remoteHost } from "../server/shared/remoteHost.ts";
import { type Action, budgetToThinking } from "./text/budgets.ts";

export { type Action, budgetToThinking } from "./text/budgets.ts";

const SECTION = "nemotron";

/** Each setting's key and type; a test holds them to the manifest. */
export type Settings = {
  model: string;
  contextTokens: number;
  gpu: NonNullable<LoadParams["gpu"]>;
  gpuLayers: number | null;
  threads: number | null;
  "engine.keepAliveMinutes": number;
  "engine.lowMemory": NonNullable<EnginePolicy["lowMemory"]>;
  "engine.onBattery": NonNullable<EnginePolicy["onBattery"]>;
  "remote.baseUrl": string;
  "remote.model": string;
  "remote.contextTokens": number | null;
  "thinking.mode": Thinking["mode"];
  "thinking.budget.chat": Budget;
  "thinking.budget.explain": Budget;
  "thinking.budget.edit": Budget;
  "thinking.budget.refactor": Budget;
  "sampling.temperature": number | null;
  "sampling.topP": number | null;
  "download.mirror": string;
  "download.proxy": string;
  "trace.server": "off" | "messages";
  "endpoint.port": number;
  npmRegistry: string;
};

export function setting<K extends keyof Settings>(key: K): Settings[K] {
  return workspace.getConfiguration(SECTION).get(key) as Settings[K];
}

/** What the setting would be if nobody had touched it. */
export function defaultOf<K extends keyof Settings>(key: K): Settings[K] {
  return workspace.getConfiguration(SECTION).inspect(key)?.defaultValue as Settings[K];
}

/** For the user; for the workspace where that has a value of its own, which would hide the user's. */
export async function changeSetting<K extends keyof Settings>(key: K, value: Settings[K]): Promise<void> {
  const configuration = workspace.getConfiguration(SECTION);
  const inWorkspace = workspace.isTrusted && configuration.inspect(key)?.workspaceValue !== undefined;
  await configuration.update(key, value, !inWorkspace);
}

/** What to load, or undefined while no model has been chosen. Without the key of a remote engine: it is no setting. */
export function loadParams(): LoadParams | undefined {
  const baseUrl = setting("remote.baseUrl").trim();
  if (baseUrl) {
    const remote = { baseUrl, model: setting("remote.model").trim() || undefined };
    return { remote, contextTokens: setting("remote.contextTokens") ?? undefined };
  }
  const model = setting("model");
  if (!model) return undefined;
  return {
    model,
    contextTokens: setting("contextTokens"),
    gpu: setting("gpu"),
    gpuLayers: setting("gpuLayers") ?? undefined,
    threads: setting("threads") ?? undefined,
  };
}

/** When the engine gives its memory back by itself. */
export const enginePolicy = (): EnginePolicy => ({
  keepAliveMinutes: Math.min(setting("engine.keepAliveMinutes"), MAX_KEEP_ALIVE_MINUTES),
  lowMemory: setting("engine.lowMemory"),
  onBattery: setting("engine.onBattery"),
});

/** The chosen model as it can be shown before it is loaded; `name` is "" if none is chosen. */
export function chosenModel(): { name: string; remote?: RemoteHost } {
  const params = loadParams();
  if (!params?.remote) return { name: params?.model ?? "" };
  const remote = remoteHost(params.remote.baseUrl);
  return { name: params.remote.model ?? remote?.host ?? params.remote.baseUrl, remote };
}

/** The model's file, where it runs here. */
export const chosenModelFile = (): string | undefined => loadParams()?.model;

/** What a model would be loaded with. */
export const fitParams = (): ModelsParams => ({ contextTokens: setting("contextTokens"), gpu: setting("gpu") });

/** How much an action may think, by the settings: off for all while thinking is switched off. */
export function defaultBudget(action: Action): Budget {
  return setting("thinking.mode") === "off" ? "off" : setting(`thinking.budget.${action}`);
}

export const thinking = (action: Action): Thinking => budgetToThinking(defaultBudget(action));

/** Only what the user has set: for the rest the server knows what suits the model. */
export function sampling(): Sampling {
  return {
    temperature: setting("sampling.temperature") ?? undefined,
    topP: setting("sampling.topP") ?? undefined,
  };
}
