/**
 * Replaces newer constructs of languages with older ones, for grammars that do not know them. Otherwise they would
 * count as errors. The lines stay the same.
 */

type Form = [pattern: RegExp, older: string | ((match: string, ...groups: string[]) => string)];

/** C++ keywords that are names in C. The grammar for C is the one for C++. */
const NAMES_IN_C =
  /\b(?:and|asm|bitand|bitor|catch|class|compl|concept|delete|explicit|export|friend|mutable|namespace|new|not|operator|or|private|protected|public|requires|template|this|throw|try|typename|using|virtual|xor)\b/g;

const SCRIPT: Form[] = [
  [/\bexport\s+type\s+\*/g, "export *"],
  [/^([ \t]*import\s+)(?:defer|source)\s+(?=[\w*{])(?!from\b)/gm, "$1"],
  [/\bfor(\s+await)?\s*\(\s*(?:await\s+)?using\s+(?=\w+\s+of\b)/g, "for$1 (const "],
  [/([<,]\s*)(?:const\s+)?(?:in\s+out|in|out)\s+(?=\w+\s*(?:[,>=]|extends\b))/g, "$1"],
  [
    /(^[ \t]*|[{;)][ \t]*|\b(?:static|abstract|override|public|private|protected|declare)\s+)accessor\s+(?=[#\w["'])/gm,
    "$1",
  ],
];

/** C23's `#embed` stands for a list of numbers, so a number takes its place. */
const EMBED: Form = [/^[ \t]*#[ \t]*embed\b[^\n]*$/gm, "0"];

/** An at-rule with its name and its prelude: words, strings and balanced brackets before its block. */
const AT_RULE =
  /@(?!(?:import|media|supports|charset|namespace|scope|custom-media)\b|(?:-\w+-)?keyframes\b)([\w-]+)([ \t]+(?:[^\s{};"'()]|"[^"\n]*"|'[^'\n]*'|\((?:[^(){}]|\((?:[^(){}]|\([^(){}]*\))*\))*\)|[ \t]|\n(?<=,[ \t]*\n)){1,500})(?=\s*[{;])/g;
/** Preludes that the grammar can parse in any rule. */
const KNOWN_RULE = /^(?:[\w\s,-]|(?<![\w-])\([\w-]+(?::[^()]*)?\))+$/;

const FORMS: Record<string, Form[]> = {
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  // Notebooks: commands to the kernel and the shell, and requests for documentation.
  python: [
    [/^\s*%%(?!(?:time|timeit|capture|prun|memit)\b)\w[\s\S]*/, (cell) => cell.replace(/[^\n]/g, "")],
    [/^([ \t]*)(?:%{1,2}[A-Za-z_]\w*(?=[ \t]|$)|!{1,2}(?=[\w./~$]))[^\n]*$/gm, "$1pass"],
    [/^([\w.,[\]"' \t]+=[ \t]*)[!%](?=[A-Za-z])[^\n]*$/gm, "$1None"],
    [/^([ \t]*)(?:\?{1,2}([\w.]+)|([\w.]+)\?{1,2})[ \t]*$/gm, "$1$2$3"],
  ],
  c: [[NAMES_IN_C, "$&_"], [/\btypeof(?:_unqual)?\s*\([^()\n]*\)/g, "int"], [/(?<=\d)'(?=\d)/g, ""], EMBED],
  cpp: [EMBED, [/\bif\s+(?:!\s*|not\s+)?consteval\b/g, "if (true)"]],
  css: [
    [/(^|[\s,>+~(])&/gm, "$1.amp"],
    [/@(?:media|container|custom-media)\b[^{};]*/g, mediaFeatures],
    [AT_RULE, plainRule],
    [/\bif\((?:[^(){}]|\((?:[^(){}]|\([^(){}]*\))*\))*\)/g, (value) => `x${value.replace(/[^\n]/g, "")}`],
    [/(@import\s+(?:url\([^)]*\)|"[^"]*"|'[^']*'))\s+(?:layer|supports)\b[^;{}]*(?=;)/g, "$1"],
  ],
  powershell: [
    // It can have parameters besides its block.
    [/\bForEach-Object\b/gi, "Invoke-Block"],
    [/\?\?=/g, "="],
    [/\?\?/g, "-or"],
    [/(?<=[\w}\])])\?(?=[.[])/g, ""],
    [/([\w)\]}"'] {1,4})\?( [^\n?|]{1,200}? ):(?= )/g, "$1-or$2-or"],
  ],
  csharp: [
    [/\bextension\s*(?:<[^>\n]*>)?\s*\([^()\n]*\)(?=\s*\{)/g, "class Extension"],
    [/\?\.(?=[\w.[\]]+\s*(?:[-+*/&|]|\?\?)?=(?![=>]))/g, "."],
  ],
  java: [[/\bimport\s+module\s+/g, "import "]],
  php: [[/\b(public|protected|private)\(set\)\s+/g, ""]],
  rust: [[/\bsafe\s+(?=(?:fn|static)\b)/g, ""]],
};

/** The text with older constructs, which the grammar can parse. */
export function olderForm(languageId: string, text: string): string {
  const forms = Object.hasOwn(FORMS, languageId) ? FORMS[languageId]! : [];
  return forms.reduce((older, [pattern, form]) => older.replace(pattern, form as string), text);
}

/** A rule without conditions and parameters that the grammar may not know. */
function plainRule(rule: string, name = "", prelude = ""): string {
  // Properties right in it, as where it is in a rule, are only known of a query.
  if (name === "container") return `@media x${prelude.replace(/[^\n]/g, "")}`;
  return KNOWN_RULE.test(prelude) ? rule : `@${name} x${prelude.replace(/[^\n]/g, "")}`;
}

/** Maximum length of a media query, characters. */
const MAX_PRELUDE_CHARS = 500;

/** Rewrites `(width > 400px)` and `(1px <= width <= 2px)` as features with a value. Removes a container's name. */
function mediaFeatures(prelude: string): string {
  if (prelude.length > MAX_PRELUDE_CHARS) return prelude;
  return prelude
    .replace(/^(@container\s+)(?!not\b|style\b)[\w-]+\s+(?=\(|not\b)/, "$1")
    .replace(/\(\s*[^()<>=:]+?\s*[<>]=?\s*([\w-]+)\s*[<>]=?\s*([^()<>=:]+?)\s*\)/g, "($1: $2)")
    .replace(/\(\s*([a-z-]+)\s*(?:[<>]=?|=)\s*([^()<>=:]+?)\s*\)/g, "($1: $2)")
    .replace(/\(\s*([^()<>=:]+?)\s*(?:[<>]=?|=)\s*([a-z-]+)\s*\)/g, "($2: $1)");
}
