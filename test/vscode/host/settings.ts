/** The settings of the workbench under test: nothing distracts, moves, or uses the network. */
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
  // One full TypeScript server instead of two.
  "typescript.tsserver.useSyntaxServer": "never",
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "editor.cursorBlinking": "solid",
  "files.autoSave": "off",
};

/** The project's toy model, on the CPU. */
export const TOY_SETTINGS: Settings = {
  "nemotron.model": path.resolve("test/models/nemotron-h-toy.gguf"),
  "nemotron.gpu": "off",
  "nemotron.contextTokens": 8192,
  // A test runs all commands, which must not download gigabytes: nothing listens at this address.
  "nemotron.download.mirror": "http://127.0.0.1:9",
  // The same answers each time.
  "nemotron.sampling.temperature": 0,
};

/**
 * The contents of the two settings files. This is a remote workbench, which reads settings with a machine scope only
 * from the machine's file.
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
