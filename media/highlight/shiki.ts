/** TextMate grammars at work, as the editor colours code. A chunk of its own: most of its size is the regex engine. */
import {
  codeToTokensBase,
  createShikiPrimitive,
  type GrammarState,
  getLastGrammarState,
  type ThemedToken,
  type ThemeRegistration,
} from "@shikijs/core";
import { createJavaScriptRegexEngine } from "@shikijs/engine-javascript";
import darkPlus from "@shikijs/themes/dark-plus";
import lightPlus from "@shikijs/themes/light-plus";
import type { CodeTheme } from "../messages.ts";
import { type Language, loadLanguage } from "./languages.ts";

/** Longer lines are data, not code that is read. */
const MAX_LINE = 2000;
/** No bound in ms: the first line takes the time of compiling the grammar, and would be left half coloured. */
const MAX_LINE_MS = 0;

const shiki = createShikiPrimitive({
  themes: [],
  langs: [],
  engine: createJavaScriptRegexEngine({ forgiving: true }),
  warnings: false,
});

/** Where the grammar is between two lines. */
export type State = GrammarState | undefined;
type Painted = { tokens: ThemedToken[]; after: State };
/** Colours one line, which comes behind what left this state. */
export type Paint = (line: string, state: State) => Painted;

const loaded = new Set<Language>();
let themes = 0;
let current: { theme: CodeTheme | undefined; light: boolean; name: string } | undefined;

/** @returns how code of the language is coloured in this theme. */
export async function painter(language: Language, theme: CodeTheme | undefined, light: boolean): Promise<Paint> {
  if (!loaded.has(language)) {
    shiki.loadLanguageSync(await loadLanguage(language));
    loaded.add(language);
  }
  const name = themeName(theme, light);
  return (line, grammarState) => {
    const options = { lang: language, theme: name, tokenizeMaxLineLength: MAX_LINE, tokenizeTimeLimit: MAX_LINE_MS };
    const lines = codeToTokensBase(shiki, line, { ...options, grammarState });
    return { tokens: lines[0] ?? [], after: getLastGrammarState(shiki, lines) };
  };
}

/** Loads a theme under a name of its own: the engine keeps what it has once loaded under a name. */
function themeName(theme: CodeTheme | undefined, light: boolean): string {
  if (current && current.theme === theme && current.light === light) return current.name;
  const name = `theme-${themes++}`;
  const fallback = light ? lightPlus : darkPlus;
  try {
    shiki.loadThemeSync({ ...registration(theme ?? fallback), name });
  } catch {
    // A theme file can hold anything. Code in other colours is better than none.
    shiki.loadThemeSync({ ...registration(fallback), name });
  }
  current = { theme, light, name };
  return name;
}

function registration({ type, tokenColors }: CodeTheme | ThemeRegistration): ThemeRegistration {
  return { type, settings: [...(tokenColors ?? [])] };
}
