/** Rewrites zsh's own syntax as bash, which the grammar of shell scripts is for. The lines stay the same. */
import { isData, linesOf } from "../text/lines.ts";

const FORMS: [pattern: RegExp, bash: string][] = [
  // Flags, and values in place of a name: `${(f)x}`, `${(f)"$(ls)"}`, `${${x}:t}`.
  [/\$\{(?:\([^()\n]*\))?(?="|\$[{(\w])/g, "$${x:-"],
  [/\$\{\([^()\n]*\)/g, "$${"],
  [/(\$\{[\w@[\]]+):#/g, "$1#"],
  [/\$\+(?=\w)/g, "$$"],
  // Alternatives, qualifiers and flags of patterns: `*.(jpg|png)`, `**/*(.N)`, `(#i)*.txt`.
  [/(?<=[\w*./-])\([\w.*?-]+(?:\|[\w.*?-]+)+\)/g, "x"],
  [/\(#[\w,]+\)/g, ""],
  [/(?<=[*?\]\w])\([^\s()|<>'"`]*(?:\[[^\s()[\]]*\])*\)(?=[\s;)|&]|$)(?!\s*\{)/gm, ""],
  [/(?<=[\s(])=\((?=\S)/g, "<("],
  // Loops and functions.
  [/^([ \t]*)for (\w+) \(((?:[^()\n]|\([^()\n]*\))*)\) (?!\{|do\b)([^\n]+)$/gm, "$1for $2 in $3; do $4; done"],
  [/\bfor (\w+) \(((?:[^()\n]|\([^()\n]*\))*)\)(?=; *do\b|\s*\n)/g, "for $1 in $2"],
  [/\bfor (\w+)(?: \w+)+ in\b/g, "for $1 in"],
  [/^([ \t]*)\(\) *\{/gm, "$1f() {"],
  [/\bfunction *\{/g, "function f {"],
  [/((?:^|[\s)])\{ [^{}\n]*[^;{}\s&]) \}(?=[\s;)]|$)/gm, "$1; }"],
  [/\} always \{/g, "}; {"],
  [/&[!|](?=\s|$)/gm, "&"],
];

const OTHER_SHELL = /^#!.*\b(?!zsh)\w*sh\b/;

/** Undefined if nothing is to be rewritten, or if the script is for another shell. */
export function zshForm(languageId: string, text: string): string | undefined {
  if (languageId !== "shellscript" || OTHER_SHELL.test(text) || linesOf(text).some(isData)) return undefined;
  const bash = FORMS.reduce((said, [pattern, form]) => said.replace(pattern, form), withoutBraces(text));
  return bash === text ? undefined : bash;
}

/** Maximum length of a block's head, characters. */
const LONGEST_HEAD = 300;
const START = String.raw`(?:^|[\n;&|{(]|\b(?:do|then|else))\s*`;
const LOOP = new RegExp(
  `${START}(?:(?:for|select)\\s+\\w+(?:\\s+\\w+)*(?:\\s+in\\s[^\\n;]*(?:;|\\n)|\\s*\\([^\\n()]*(?:\\([^\\n()]*\\)[^\\n()]*)*\\))|for\\s*\\(\\([^\\n]*\\)\\)|(?:while|until|repeat)\\s[^\\n;{}]*)\\s*$`,
);
const CONDITION = new RegExp(`${START}(?:if|elif)\\s[^\\n;{}]*$`);
const ELSE = /\belse\s*$/;
/** After this, a keyword needs no semicolon. */
const SEPARATED = /(?:^|[;\n]|\belse)\s*$/;

/** Replaces blocks in braces after loops and conditions: `for a in b; { … }`, `if [[ c ]] { … } else { … }`. */
function withoutBraces(text: string): string {
  const said: string[] = [];
  const open: (string | undefined)[] = [];
  const write = (words: string) => {
    while (/^[ \t]$/.test(said.at(-1) ?? "")) said.pop();
    said.push(words);
  };
  for (let at = 0; at < text.length; at++) {
    const end = endOfText(text, at);
    if (end > at) {
      for (const one of text.slice(at, end)) said.push(one);
      at = end - 1;
      continue;
    }
    const sign = text[at]!;
    if (sign === "{") {
      const head = said.slice(-LONGEST_HEAD).join("");
      const ends = /\s/.test(text[at + 1] ?? "") ? endOfBlock(head) : undefined;
      open.push(ends);
      const word = ends === "done" ? "do" : ELSE.test(head) ? "" : "then";
      if (ends === undefined) said.push(sign);
      else if (SEPARATED.test(head)) said.push(word);
      else write(`; ${word}`);
      continue;
    }
    const ends = sign === "}" ? open.pop() : undefined;
    const goesOn = ends === "fi" && /^\s*(?:else|elif)\b/.test(text.slice(at + 1, at + LONGEST_HEAD));
    if (ends === undefined) said.push(sign);
    else write(`${SEPARATED.test(said.slice(-LONGEST_HEAD).join("")) ? " " : "; "}${goesOn ? "" : ends}`);
  }
  return said.join("").replace(/(?<=^|[\n;])([ \t]*)repeat (?=[^\n;]*; do\b)/g, "$1while ");
}

/** The word that ends, in bash, a block whose brace follows this head. Undefined for other braces. */
function endOfBlock(head: string): "done" | "fi" | undefined {
  if (/[$\w]$/.test(head)) return undefined;
  if (LOOP.test(head)) return "done";
  return CONDITION.test(head) || ELSE.test(head) ? "fi" : undefined;
}

/** The position after the comment, the string or the escaped character that begins at `at`; else `at`. */
function endOfText(text: string, at: number): number {
  const sign = text[at]!;
  if (sign === "\\") return Math.min(text.length, at + 2);
  const close =
    sign === '"' || sign === "'" ? sign : sign === "#" && /^$|\s/.test(text[at - 1] ?? "") ? "\n" : undefined;
  if (close === undefined) return at;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\" && close === '"') i++;
    else if (text[i] === close) return close === "\n" ? i : i + 1;
  }
  return text.length;
}
