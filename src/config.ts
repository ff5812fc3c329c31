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

/** Each setting's key and type. A test compares them with the manifest. */
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
  "thinking.budget.plan": Budget;
  "thinking.budget.step": Budget;
  "agent.steps": number;
  "agent.askBeforeEdits": boolean;
  "sampling.temperature": number | null;
  "sampling.topP": number | null;
  "download.mirror": string;
  "download.proxy": string;
  "trace.server": "off" | "messages";
  "endpoint.port": number;
  npmRegistry: string;
};

/** The value in effect. Keys are without `nemotron.`. */
export function setting<K extends keyof Settings>(key: K): Settings[K] {
  return workspace.getConfiguration(SECTION).get(key) as Settings[K];
}

/** The default from the manifest. */
export function defaultOf<K extends keyof Settings>(key: K): Settings[K] {
  return workspace.getConfiguration(SECTION).inspect(key)?.defaultValue as Settings[K];
}

/** Changes the user's value, or a trusted workspace's own value, because that hides the user's. */
export async function changeSetting<K extends keyof Settings>(key: K, value: Settings[K]): Promise<void> {
  const configuration = workspace.getConfiguration(SECTION);
  const inWorkspace = workspace.isTrusted && configuration.inspect(key)?.workspaceValue !== undefined;
  await configuration.update(key, value, !inWorkspace);
}

/** What to load; undefined while no model is chosen. Lacks the key of a remote engine, which is not a setting. */
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

/** When the engine frees its memory by itself. */
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

/** The path of the chosen local model; undefined for a remote engine, or if none is chosen. */
export const chosenModelFile = (): string | undefined => loadParams()?.model;

/** The settings that decide how a model fits this machine. */
export const fitParams = (): ModelsParams => ({ contextTokens: setting("contextTokens"), gpu: setting("gpu") });

/** An action's budget from the settings; off for every action while thinking is off. */
export function defaultBudget(action: Action): Budget {
  return setting("thinking.mode") === "off" ? "off" : setting(`thinking.budget.${action}`);
}

/** An action's budget from the settings, as the server takes it. */
export const thinking = (action: Action): Thinking => budgetToThinking(defaultBudget(action));

/** Only what the user has set. For the rest the server knows what suits the model. */
export function sampling(): Sampling {
  return {
    temperature: setting("sampling.temperature") ?? undefined,
    topP: setting("sampling.topP") ?? undefined,
  };
}
