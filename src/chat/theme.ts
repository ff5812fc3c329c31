/** The colours of code in the active theme, read from the theme's file. */
import { parse } from "jsonc-parser";
import { ColorThemeKind, type Extension, extensions, Uri, window, workspace } from "vscode";
import type { CodeTheme } from "../../media/messages.ts";

type TokenColors = CodeTheme["tokenColors"];
type ThemeFile = { include?: unknown; tokenColors?: unknown };
type Contribution = { id?: string; label?: string; path?: string; uiTheme?: string };

/** The depth to which themes may include one another. */
const DEEPEST_INCLUDE = 8;

/** Settings that the colours depend on. The active theme changes before them, also when the user previews themes. */
export const THEME_SETTINGS = [
  "editor.tokenColorCustomizations",
  "workbench.colorTheme",
  "workbench.preferredDarkColorTheme",
  "workbench.preferredLightColorTheme",
  "workbench.preferredHighContrastColorTheme",
  "workbench.preferredHighContrastLightColorTheme",
];

/** Undefined if the theme's file cannot be found or read; the page then uses its own colours. */
export async function codeTheme(): Promise<CodeTheme | undefined> {
  const name = themeName();
  const file = fileOf(name);
  const colors = file && (await tokenColorsOf(file, DEEPEST_INCLUDE));
  if (!colors || colors.length === 0) return undefined;
  return { name, type: isDark() ? "dark" : "light", tokenColors: [...colors, ...customRules(name)] };
}

const isDark = () => [ColorThemeKind.Dark, ColorThemeKind.HighContrast].includes(window.activeColorTheme.kind);

/** Settings name the theme. Which setting counts depends on whether VS Code follows the system's colours. */
function themeName(): string {
  const setting = (key: string) => workspace.getConfiguration().get<string>(key) ?? "";
  const detect = (key: string) => workspace.getConfiguration().get<boolean>(key) === true;
  const { kind } = window.activeColorTheme;
  if (detect("window.autoDetectHighContrast")) {
    if (kind === ColorThemeKind.HighContrast) return setting("workbench.preferredHighContrastColorTheme");
    if (kind === ColorThemeKind.HighContrastLight) return setting("workbench.preferredHighContrastLightColorTheme");
  }
  if (detect("window.autoDetectColorScheme"))
    return setting(isDark() ? "workbench.preferredDarkColorTheme" : "workbench.preferredLightColorTheme");
  return setting("workbench.colorTheme");
}

/** A theme's `uiTheme`, by kind. A theme of another kind is not the active one, whatever the settings say. */
const UI_THEMES: Record<ColorThemeKind, string> = {
  [ColorThemeKind.Light]: "vs",
  [ColorThemeKind.Dark]: "vs-dark",
  [ColorThemeKind.HighContrast]: "hc-black",
  [ColorThemeKind.HighContrastLight]: "hc-light",
};

function fileOf(name: string): Uri | undefined {
  for (const extension of extensions.all) {
    const theme = themesOf(extension).find(({ id, label }) => id === name || (id === undefined && label === name));
    if (theme?.path && theme.uiTheme === UI_THEMES[window.activeColorTheme.kind])
      return Uri.joinPath(extension.extensionUri, theme.path);
  }
  return undefined;
}

function themesOf({ packageJSON }: Extension<unknown>): Contribution[] {
  const themes: unknown = packageJSON?.contributes?.themes;
  return Array.isArray(themes) ? themes : [];
}

/** Included rules come first, because later rules win. Themes in TextMate's own format give no rules. */
async function tokenColorsOf(file: Uri, depth: number): Promise<TokenColors> {
  const text = await workspace.fs.readFile(file).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => "{}",
  );
  const theme: ThemeFile = parse(text) ?? {};
  const included =
    typeof theme.include === "string" && depth > 0
      ? await tokenColorsOf(Uri.joinPath(file, "..", theme.include), depth - 1)
      : [];
  return [...included, ...rulesIn(theme.tokenColors)];
}

/** The user's own rules, for all themes and for this one. */
function customRules(name: string): TokenColors {
  const custom = workspace.getConfiguration("editor").get<Record<string, unknown>>("tokenColorCustomizations") ?? {};
  const own = custom[`[${name}]`];
  const ownRules = typeof own === "object" && own !== null && "textMateRules" in own ? own.textMateRules : [];
  return [...rulesIn(custom.textMateRules), ...rulesIn(ownRules)];
}

function rulesIn(value: unknown): TokenColors {
  if (!Array.isArray(value)) return [];
  return value.flatMap((rule) => {
    const { scope, settings } = rule ?? {};
    return typeof settings === "object" && settings !== null ? [{ scope, settings }] : [];
  });
}
