/** Reduces lines to code: without comments and the text of strings, but with the expressions in strings. */
import { linesInText } from "../text/linesInText.ts";
import { isComment } from "../text/words.ts";

const STRINGS = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
const BRACED = /\{([^{}:!]*)/g;
const TEMPLATES = /`[^`\n]*`/g;
/** The expressions in a language's strings: the first group that is set. */
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
/** Languages whose strings contain expressions only after such a prefix. */
const PREFIXED: Record<string, RegExp> = { python: /[fF][rR]?$/, csharp: /[$]@?$/ };
const SCRIPT = new Set("typescript typescriptreact javascript javascriptreact vue svelte".split(" "));
const MARKUP = new Set("typescriptreact javascriptreact vue svelte".split(" "));
/** Comments at the end of a line; `SLASHES` in other languages. */
const BEHIND: Record<string, RegExp> = {
  python: /\s#.*$/gm,
  ruby: /\s#\s.*$/gm,
  elixir: /\s#\s.*$/gm,
  lua: /\s--.*$/gm,
  powershell: /\s#\s.*$/gm,
};
const SLASHES = /\s\/\/.*$/gm;

/** The code of the lines. Strings of shell scripts stay, because they are code. */
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
  // The text of an element is not code.
  return MARKUP.has(languageId) ? script.replace(/>[^<>{}\n]+(?=[<{])/g, ">") : script;
}
