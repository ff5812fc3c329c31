/** Colours code by TextMate grammars, as the editor does. A separate chunk: most of its size is the regex engine. */
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

/** Lines with more characters are not coloured: they are data. */
const MAX_LINE = 2000;
/** No time limit, ms: the first line includes the time for compiling the grammar, and would stay half coloured. */
const MAX_LINE_MS = 0;

const shiki = createShikiPrimitive({
  themes: [],
  langs: [],
  engine: createJavaScriptRegexEngine({ forgiving: true }),
  warnings: false,
});

/** The grammar's state between two lines. */
export type State = GrammarState | undefined;
type Painted = { tokens: ThemedToken[]; after: State };
/** Colours one line. `state`: the grammar's state after the line before; undefined for the first line. */
export type Paint = (line: string, state: State) => Painted;

const loaded = new Set<Language>();
let themes = 0;
let current: { theme: CodeTheme | undefined; light: boolean; name: string } | undefined;

/** Loads grammar and theme. @returns a function that colours lines. Rejects if the grammar does not load. */
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

/** Loads a theme under a new name: shiki keeps the first theme that it has loaded under a name. */
function themeName(theme: CodeTheme | undefined, light: boolean): string {
  if (current && current.theme === theme && current.light === light) return current.name;
  const name = `theme-${themes++}`;
  const fallback = light ? lightPlus : darkPlus;
  try {
    shiki.loadThemeSync({ ...registration(theme ?? fallback), name });
  } catch {
    // A theme file can contain anything. The default colours are better than none.
    shiki.loadThemeSync({ ...registration(fallback), name });
  }
  current = { theme, light, name };
  return name;
}

function registration({ type, tokenColors }: CodeTheme | ThemeRegistration): ThemeRegistration {
  return { type, settings: [...(tokenColors ?? [])] };
}
