/** What the workbench under test is set to: nothing that distracts, moves, or asks the network. */
import path from "node:path";
import { MANIFEST } from "./vsix.ts";

export type Settings = Record<string, unknown>;
export type Theme = "dark" | "light" | "hc" | "hcLight";

const THEMES: Record<Theme, string> = {
  dark: "Dark Modern",
  light: "Light Modern",
  hc: "Default High Contrast",
  hcLight: "Default High Contrast Light",
};

const QUIET: Settings = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "window.commandCenter": false,
  "window.autoDetectColorScheme": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.autofetch": false,
  "git.openRepositoryInParentFolders": "never",
  // It would ask npm for types.
  "typescript.disableAutomaticTypeAcquisition": true,
  // One server for TypeScript, which knows all, instead of two.
  "typescript.tsserver.useSyntaxServer": "never",
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "editor.cursorBlinking": "solid",
  "files.autoSave": "off",
};

/** The toy model that comes with the project, on the CPU. */
export const TOY_SETTINGS: Settings = {
  "nemotron.model": path.resolve("test/models/nemotron-h-toy.gguf"),
  "nemotron.gpu": "off",
  "nemotron.contextTokens": 8192,
  // Commands that are tried one after the other must not bring gigabytes here: nobody listens there.
  "nemotron.download.mirror": "http://127.0.0.1:9",
  // What it says is then the same each time.
  "nemotron.sampling.temperature": 0,
};

/**
 * The contents of the two files of settings. A remote workbench, which this one is, takes those that belong to a
 * machine from the machine's file alone.
 */
export function settingsFiles(theme: Theme, settings: Settings): { user: Settings; machine: Settings } {
  const all = Object.entries({ ...QUIET, ...TOY_SETTINGS, ...settings });
  const isMachine = ([key]: [string, unknown]) =>
    MANIFEST.contributes.configuration.properties[key]?.scope?.startsWith("machine") ?? false;
  return {
    user: { "workbench.colorTheme": THEMES[theme], ...Object.fromEntries(all.filter((entry) => !isMachine(entry))) },
    machine: Object.fromEntries(all.filter(isMachine)),
  };
}
