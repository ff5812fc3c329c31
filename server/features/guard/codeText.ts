/** Lines as code alone: without comments, and without what strings say, but with what they calculate. */
import { linesInText } from "../text/linesInText.ts";
import { isComment } from "../text/words.ts";

const STRINGS = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
const BRACED = /\{([^{}:!]*)/g;
const TEMPLATES = /`[^`\n]*`/g;
/** What a string of a language calculates: the first group that is set. */
const CALCULATED: Record<string, RegExp> = {
  python: BRACED,
  rust: BRACED,
  csharp: BRACED,
  kotlin: /\$(?:\{([^{}]*)\}|(\w+))/g,
  dart: /\$(?:\{([^{}]*)\}|(\w+))/g,
  groovy: /\$(?:\{([^{}]*)\}|(\w+))/g,
  scala: /\$(?:\{([^{}]*)\}|(\w+))/g,
  swift: /\\\(([^()]*(?:\([^()]*\))?[^()]*)\)/g,
  ruby: /#\{([^{}]*)\}/g,
  elixir: /#\{([^{}]*)\}/g,
  php: /(\$\w+)/g,
  powershell: /(\$\w+)/g,
};
/** Strings of these are formatted only with such a sign in front. */
const PREFIXED: Record<string, RegExp> = { python: /[fF][rR]?$/, csharp: /[$]@?$/ };
const SCRIPT = new Set("typescript typescriptreact javascript javascriptreact vue svelte".split(" "));
const MARKUP = new Set("typescriptreact javascriptreact vue svelte".split(" "));
const BEHIND: Record<string, RegExp> = {
  python: /\s#.*$/gm,
  ruby: /\s#\s.*$/gm,
  elixir: /\s#\s.*$/gm,
  lua: /\s--.*$/gm,
  powershell: /\s#\s.*$/gm,
};
const SLASHES = /\s\/\/.*$/gm;

/** Scripts of a shell stay as they are: their strings are code. */
export function codeText(lines: readonly string[], languageId: string): string {
  const inText = linesInText(lines, languageId);
  const own = lines.filter((line, i) => !inText[i] && !isComment(line)).join("\n");
  if (languageId === "shellscript") return own;
  const calculated = Object.hasOwn(CALCULATED, languageId) ? CALCULATED[languageId]! : undefined;
  const prefix = Object.hasOwn(PREFIXED, languageId) ? PREFIXED[languageId]! : undefined;
  const plain = own.replace(STRINGS, (string: string, at: number) => {
    if (!calculated || (prefix && !prefix.test(own.slice(Math.max(0, at - 2), at)))) return '""';
    return `""${[...string.matchAll(calculated)].map(([, one, other]) => `(${one ?? other})`).join("")}`;
  });
  const code = plain.replace(Object.hasOwn(BEHIND, languageId) ? BEHIND[languageId]! : SLASHES, "");
  if (!SCRIPT.has(languageId)) return code;
  const script = code.replace(TEMPLATES, (text) =>
    [...text.matchAll(/\$\{([^{}]*)\}/g)].map(([, value]) => `(${value})`).join(""),
  );
  // What an element says is no code.
  return MARKUP.has(languageId) ? script.replace(/>[^<>{}\n]+(?=[<{])/g, ">") : script;
}
