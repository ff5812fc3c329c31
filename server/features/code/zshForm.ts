/** What zsh has beyond bash, in words of bash. The grammar of shell scripts knows only those. The lines stay the same. */
import { isData, linesOf } from "../text/lines.ts";

const FORMS: [pattern: RegExp, bash: string][] = [
  // Flags, and values in the place of a name: `${(f)x}`, `${(f)"$(ls)"}`, `${${x}:t}`.
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

/** Undefined where there is nothing to say otherwise, or the script is one of another shell. */
export function zshForm(languageId: string, text: string): string | undefined {
  if (languageId !== "shellscript" || OTHER_SHELL.test(text) || linesOf(text).some(isData)) return undefined;
  const bash = FORMS.reduce((said, [pattern, form]) => said.replace(pattern, form), text);
  return bash === text ? undefined : bash;
}
