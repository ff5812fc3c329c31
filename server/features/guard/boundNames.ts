/** Finds the names that a line certainly binds: variables, parameters, and the names of loops, `with` and `catch`. */

/** A bound name. `inside`: it is visible only in the block that the line opens. */
export type Bound = { name: string; inside: boolean };

/** `list`: its first group that is set holds the names. `typed`: each name follows its type. */
type Form = { list: RegExp; inside?: boolean; typed?: boolean };

/** Brackets with at most one level inside. It can match in one way only, so that it stays fast. */
const ARGUMENTS = String.raw`\(((?:[^()]|\([^()]*\))*)\)`;
const CONTROL = String.raw`(?!(?:if|else|for|foreach|while|until|unless|switch|match|when|catch|with|return|using|lock|synchronized|new|await)\b)`;
const form = (text: string, rest: Omit<Form, "list"> = {}): Form => ({ list: new RegExp(text, "g"), ...rest });
const inside = { inside: true };

const SCRIPT = [
  form(String.raw`^(?:export\s+)?(?:const|let|var)\s+([^=;]+?)\s*(?:=(?![=>])|;|$)`),
  form(String.raw`\bfor\s*(?:await\s*)?\(\s*(?:const|let|var)\s+(.+?)\s+(?:of|in)\s`, inside),
  form(String.raw`\bfor\s*\(\s*(?:let|var)\s+([^=;]+?)\s*=`, inside),
  form(String.raw`\bcatch\s*\(([^()]+)\)`, inside),
  form(String.raw`\bfunction\b\*?\s*[\w$]*\s*(?:<[^()]*>)?\s*${ARGUMENTS}`, inside),
  form(String.raw`${ARGUMENTS}\s*(?::[^={}]+)?=>\s*[{(]$`, inside),
  form(String.raw`([\w$]+)\s*=>\s*[{(]$`, inside),
  form(
    String.raw`^(?:(?:public|private|protected|static|async|override|get|set)\s+)*${CONTROL}[\w$#]+\s*(?:<[^()]*>)?${ARGUMENTS}\s*(?::[^{]+)?\{$`,
    inside,
  ),
];
const PYTHON = [
  form(String.raw`^\(?([A-Za-z_]\w*(?:\s*,\s*\*?[A-Za-z_]\w*)*)\)?\s*(?::[^=]+)?=(?!=)`),
  form(String.raw`^(?:async\s+)?def\s+\w+\s*${ARGUMENTS}`, inside),
  form(String.raw`^(?:async\s+)?for\s+(.+?)\s+in\s`, inside),
  form(String.raw`^(?:(?:async\s+)?with|except)\b.*?\bas\s+\(?([\w\s,]+?)\)?(?=\s*(?:,\s*[\w.]+\(|\)?\s*:))`, inside),
  form(String.raw`(?:,|^(?:async\s+)?with\b|\()[^,]*?\)\s+as\s+(\w+)`, inside),
  form(String.raw`\((\w+)\s*:=`),
];
const GO = [
  form(String.raw`^([A-Za-z_]\w*(?:\s*,\s*\w+)*)\s*:=`),
  form(String.raw`^var\s+(\w+)\b`),
  form(String.raw`^(?:\}\s*else\s+)?(?:if|for|switch)\s+(\w+(?:\s*,\s*\w+)*)\s*:=`, inside),
  form(String.raw`^func\s*${ARGUMENTS}`, inside),
  form(String.raw`^func\s*(?:\([^()]*\)\s*)?\w+(?:\[[^\]]*\])?${ARGUMENTS}`, inside),
];
const RUST = [
  form(String.raw`^let\s+([^=;]+?)\s*(?:=(?!=)|;)`),
  form(String.raw`\b(?:if|while)\s+let\s+([^=]+?)\s*=(?!=)`, inside),
  form(String.raw`^for\s+(.+?)\s+in\s`, inside),
  form(String.raw`\bfn\s+\w+\s*(?:<[^()]*>)?${ARGUMENTS}`, inside),
  form(String.raw`\|([^|]*)\|\s*\{$`, inside),
];
const TYPE = String.raw`[A-Za-z_][\w.:]*(?:<[^()=;]*>)?(?:\[\])*[?]?[\s*&]+`;
const NO_TYPE = String.raw`(?!(?:return|throw|delete|goto|case|else|new|break|using|package|import|typedef|await|yield|export|assert|class|struct|enum|interface|union|namespace|public|private|protected|internal|final|static|abstract)\b)`;
const TYPED = [
  form(String.raw`^(?:late\s+)?(?:final|const|var|auto)\s+(\w+)\s*=(?!=)`),
  form(
    String.raw`^(?:(?:final|const|static|unsigned|late|var)\s+)*${NO_TYPE}${TYPE}(\w+)\s*(?:\[[^\]]*\])?\s*(?:=(?!=)|;)`,
  ),
  form(String.raw`^(?:for|foreach)\s*\(\s*(?:(?:final|const)\s+)*${TYPE}(\w+)\s*(?::(?!:)|=|\bin\b)`, inside),
  form(String.raw`\bcatch\s*\([^()]*?(\w+)\s*\)`, inside),
  form(String.raw`^(?:try|using)\s*\(\s*(?:final\s+)?${TYPE}(\w+)\s*=`, inside),
  form(
    String.raw`^(?:(?:public|private|protected|internal|static|final|virtual|override|abstract|async|inline|const|unsigned|synchronized)\s+)*${CONTROL}(?:${NO_TYPE}${TYPE})?\w[\w:~]*\s*${ARGUMENTS}\s*(?:const\s*)?(?:override\s*)?(?:noexcept\s*)?(?:throws\s+[\w.,\s]+)?\{?$`,
    { inside: true, typed: true },
  ),
];
const KOTLIN = [
  form(
    String.raw`^(?:(?:private|public|internal|override|lateinit|const)\s+)*(?:val|var)\s+([^=:]+?)\s*(?:[=:]|by\b|$)`,
  ),
  form(String.raw`\bfor\s*\((.+?)\s+in\s`, inside),
  form(String.raw`\bcatch\s*\((\w+)`, inside),
  form(String.raw`\{\s*([\w,\s():]+?)\s*->$`, inside),
  form(String.raw`\bfun\s+(?:<[^()]*>\s*)?(?:[\w<>?]+\.)?\w+\s*${ARGUMENTS}`, inside),
];
const SWIFT = [
  form(String.raw`^(?:guard\s+)?(?:let|var)\s+([^=:]+?)\s*(?:[=:]|$)`),
  form(String.raw`^(?:\}\s*else\s+)?(?:if|while)\s+(?:let|var)\s+([^=:,]+?)\s*(?:[=:]|\{)`, inside),
  form(String.raw`^for\s+(.+?)\s+in\s`, inside),
  form(String.raw`\{\s*(?:\[[^\]]*\]\s*)?([\w,\s():]+?)\s+in$`, inside),
  form(String.raw`\bfunc\s+\w+\s*(?:<[^()]*>)?${ARGUMENTS}`, inside),
];
const SCALA = [
  form(String.raw`^(?:(?:private|protected|override|lazy|implicit)\s+)*(?:val|var)\s+([^=:]+?)\s*[=:]`),
  form(String.raw`^for\s*[({]\s*([^<]+?)\s*<-`, inside),
  form(String.raw`\{\s*(?:case\s+)?([\w,\s():]+?)\s*=>$`, inside),
  form(String.raw`\bdef\s+\w+\s*(?:\[[^\]]*\])?${ARGUMENTS}`, inside),
];
const RUBY = [
  form(String.raw`^([a-z_]\w*(?:\s*,\s*\*?[a-z_]\w*)*)\s*=(?![=~>])`),
  form(String.raw`\bfor\s+([\w,\s]+?)\s+in\s`, inside),
  form(String.raw`(?:\bdo|\{)\s*\|([^|]*)\|$`, inside),
  form(String.raw`\brescue\b.*=>\s*(\w+)`, inside),
  form(String.raw`^def\s+[\w.]+[?!]?\s*${ARGUMENTS}`, inside),
];
const PHP = [
  form(String.raw`^(\$\w+)\s*=(?![=>])`),
  form(String.raw`^(?:list\s*\(|\[)([^()\[\]]*)[)\]]\s*=(?![=>])`),
  form(String.raw`\bforeach\s*\(.+?\bas\s+([^()]+)\)`, inside),
  form(String.raw`\bcatch\s*\([^()]*?(\$\w+)\s*\)`, inside),
  form(String.raw`\b(?:function|fn)\b\s*&?\w*\s*${ARGUMENTS}`, { inside: true, typed: true }),
];
const LUA = [
  form(String.raw`^local\s+([\w,\s]+?)\s*(?:=|$)`),
  form(String.raw`^for\s+([\w,\s]+?)\s*(?:\bin\b|=)`, inside),
  form(String.raw`\bfunction\b\s*[\w.:]*\s*${ARGUMENTS}`, inside),
];
const SHELL = [
  form(String.raw`^(?:(?:local|export|readonly|declare|typeset)\s+(?:-\w+\s+)*)?([A-Za-z_]\w*)\+?=`),
  form(String.raw`^for\s+(\w+)\s+in\b`, inside),
  form(String.raw`\bread\s+(?:-\w+\s+)*([A-Za-z_][\w ]*?)(?=\s*(?:[;<|&]|$))`),
];
const ELIXIR = [
  form(String.raw`^([a-z_]\w*)\s*=(?![=~>])`),
  form(String.raw`\bfn\s+([\w,\s]+?)\s*->`, inside),
  form(String.raw`^defp?\s+\w+[?!]?\s*${ARGUMENTS}`, inside),
];
const POWERSHELL = [
  form(String.raw`^(?:\[\w+\]\s*)?(\$\w+)\s*=`),
  form(String.raw`\bforeach\s*\(\s*(\$\w+)\s+in\s`, inside),
];
const FORMS: Record<string, Form[]> = {
  typescript: SCRIPT,
  typescriptreact: SCRIPT,
  javascript: SCRIPT,
  javascriptreact: SCRIPT,
  vue: SCRIPT,
  svelte: SCRIPT,
  python: PYTHON,
  go: GO,
  rust: RUST,
  java: TYPED,
  c: TYPED,
  cpp: TYPED,
  "cuda-cpp": TYPED,
  csharp: TYPED,
  dart: TYPED,
  kotlin: KOTLIN,
  swift: SWIFT,
  scala: SCALA,
  ruby: RUBY,
  php: PHP,
  lua: LUA,
  shellscript: SHELL,
  elixir: ELIXIR,
  powershell: POWERSHELL,
};
/** Words that do not count as bound: placeholders, receivers and keywords. */
const NO_NAME = /^(?:_\w*|this|self|cls|super|mut|ref|Self|void|it|null|true|false)$/;
/** Languages in which a name with a capital in a pattern is a constructor, not a variable. */
const CAPITALS = new Set(["rust", "scala", "elixir"]);

/** Whether `boundBy` supports a language. */
export const hasVariables = (languageId: string): boolean => Object.hasOwn(FORMS, languageId);

/** The names that a statement, or its beginning, binds. The language must be one of `hasVariables`. */
export function boundBy(line: string, languageId: string): Bound[] {
  const text = line.trim();
  const found = FORMS[languageId]!.flatMap(({ list, inside: within = false, typed = false }) =>
    [...text.matchAll(list)].flatMap((match) => {
      const names = namesIn(match.slice(1).find((group) => group !== undefined) ?? "", { typed, languageId });
      return names.map((name) => ({ name, inside: within }));
    }),
  );
  return found.filter(({ name }) => !NO_NAME.test(name) && !(CAPITALS.has(languageId) && /^[A-Z]/.test(name)));
}

type Naming = { typed: boolean; languageId: string };

/** The names of a list: `a, b`, `(a, [b])`, `{ a, b: c = 1 }`, `a: string`, `int a`. */
function namesIn(list: string, naming: Naming): string[] {
  return entriesOf(list).flatMap((entry) => {
    const pattern = /^\s*[\w.]*\s*[{[(](.*?)[)\]}]+(?:\s*:.*)?\s*$/s.exec(entry.split("=")[0]!)?.[1];
    if (pattern !== undefined)
      return entriesOf(pattern).flatMap((part) =>
        namesIn(part.replace(/^\s*[\w$]+\s*:(?!:)/, ""), { ...naming, typed: false }),
      );
    return nameOf(entry.split("=")[0]!, naming) ?? [];
  });
}

function nameOf(entry: string, { typed, languageId }: Naming): string | undefined {
  const [named, type] = entry.split(/:(?!:)/);
  const words = named!.match(/\$?[A-Za-z_$][\w$]*/g) ?? [];
  if (type !== undefined) return words.at(-1);
  if (languageId === "go") return words[0];
  // A name without a type is an argument of a call.
  return typed && words.length < 2 && !words[0]?.startsWith("$") ? undefined : words.at(-1);
}

/** The parts of a list between its commas. Commas in brackets do not count. */
function entriesOf(list: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const sign of list) {
    if ("([{<".includes(sign)) depth++;
    if (")]}>".includes(sign)) depth--;
    if (sign === "," && depth <= 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts.filter((part) => /\w/.test(part));
}
