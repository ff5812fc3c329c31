/** The settings, in one typed place. Their defaults are in the manifest alone. */
import { workspace } from "vscode";
import type { LoadParams, Thinking } from "../server/protocol.ts";

const SECTION = "nemotron";

/** Each setting's key and type; a test holds them to the manifest. */
export type Settings = {
  model: string;
  contextTokens: number;
  gpu: NonNullable<LoadParams["gpu"]>;
  gpuLayers: number | null;
  threads: number | null;
  "thinking.mode": Thinking["mode"];
  "thinking.budget": number;
};

export function setting<K extends keyof Settings>(key: K): Settings[K] {
  return workspace.getConfiguration(SECTION).get(key) as Settings[K];
}

/** For the user, on every window: a model belongs to the machine, not to a repository. */
export async function changeSetting<K extends keyof Settings>(key: K, value: Settings[K]): Promise<void> {
  await workspace.getConfiguration(SECTION).update(key, value, true);
}

/** What to load, or undefined while no model has been chosen. */
export function loadParams(): LoadParams | undefined {
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

export const thinking = (): Thinking => ({ mode: setting("thinking.mode"), budget: setting("thinking.budget") });
