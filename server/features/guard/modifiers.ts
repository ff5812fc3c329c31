/** Finds modifiers that a declaration loses while it stays: `private`, `static`, `override`, `@objc` on its own line. */
import { indentationWidth } from "../text/indentation.ts";
import { inPattern } from "../text/words.ts";
import { type Hunk, normalizeSpace } from "./hunks.ts";
import type { Intent } from "./intent.ts";

const VISIBLE = "public private protected internal fileprivate".split(" ");
/** One of a group can replace another. */
const GROUPS: readonly (readonly string[])[] = [
  VISIBLE,
  ["const", "constexpr", "consteval", "final", "readonly", "immutable"],
  ["open", "abstract", "sealed", "virtual", "override", "data"],
];
const ALONE = [
  ..."static async unsafe volatile transient synchronized native extern partial suspend weak unowned lazy".split(" "),
  ..."mutating nonmutating required convenience nonisolated operator infix tailrec explicit".split(" "),
];
const WORDS = [...GROUPS.flat(), ...ALONE].join("|");
/** An attribute in front of the declaration, in one line with it. */
const ATTRIBUTE = String.raw`@[A-Za-z][\w.]*(?:\([^()]*\))?(?!\s*$)|\[[A-Z][\w.]*(?:\([^()]*\))?\](?=\s)`;
const LEADING = new RegExp(
  `^(?:export\\s+|default\\s+|declare\\s+|pub(?:\\([^()]*\\))?\\s+)*((?:(?:${ATTRIBUTE}|(?:${WORDS})(?:\\(set\\))?(?=\\s))\\s*)*)(?:export\\s+|default\\s+)*(.*)$`,
);
/** Words behind the parameters. */
const BEHIND = /\)\s*((?:(?:const|noexcept|override|async|throws|rethrows)\b[\w\s,.]*)+)(?:->[^{]*)?(?:[{;=:]|$)/;
const BEHIND_WORD = /\b(?:const|noexcept|override|async|throws|rethrows)\b/g;
const PART = new RegExp(`${ATTRIBUTE}|[a-z]+`, "g");
const KEYWORD =
  /^(function|class|interface|enum|struct|trait|type|def|fn|func|fun|val|var|let|record|object|protocol|actor)\b\*?\s+\*?([\w$]+)/;
const SWIFT_INIT = /^(init)[?!]?(?=\()/;
/** A type and a name, or a method's name alone. */
const TYPED =
  /^((?:[\w$][\w$.]*(?:<[^()=]*>)?(?:\[\])*[?*&]*\s+[*&]*)*)([\w$#]+)\s*(?:<[^()=]*>\s*)?(?:(\()|[?!]?:|=(?![=>])|;|\{|$)/;
const STATEMENT = /^(?:return|throw|await|yield|if|for|while|switch|new|else|case|import|using|package|delete|goto)\b/;
/** Hints, which do not change what the code does, and words that other lines decide. */
const HINTS =
  /^[@[](?:Override|override|SuppressWarnings|discardableResult|inlinable|Inject|Autowired|Nullable|NonNull|NotNull)\b/;
/** Visibility that a language gives without the word. */
const DEFAULTS: Record<string, string> = {
  typescript: "public",
  typescriptreact: "public",
  php: "public",
  kotlin: "public",
  swift: "internal",
  scala: "public",
  csharp: "private",
};
/** What an instruction about a modifier calls it. */
const SAID: Record<string, RegExp> = {
  async: /sync|await|promise|callback|thread|blocking|同期/i,
  static: /static|instance|member|method|statisch|está?tic|statiqu|static/i,
  override: /overrid|inherit|base|super|extend|parent|überschreib/i,
  unsafe: /\b(?:un)?safe/i,
  weak: /weak|strong|retain/i,
};
const LANGUAGES = new Set(
  "typescript typescriptreact javascript javascriptreact vue svelte python rust java c cpp csharp php kotlin swift scala dart groovy".split(
    " ",
  ),
);
const ERRORS = /\b(?:catch|try|errors?|exceptions?|fehler|erreurs?|errores|errori|runCatching|Result)\b|例外|エラー/i;
const SETS = /^\s*(?:this->)?[A-Za-z_]\w*(?:\[[^\]]*\])?\s*(?:[-+*/|&]?=(?!=)|\+\+|--)|(?:\+\+|--)\w/m;
/** Words that say in the body what the modifier says in front. */
const IN_BODY: Record<string, RegExp> = {
  unsafe: /\bunsafe\s*\{/,
  synchronized: /\bsynchronized\s*\(|[Ll]ock\b|Atomic|Concurrent/,
  volatile: /Atomic/,
};

type Head = { key: string; name: string; modifiers: string[]; line: string; rest: string };

/** Each lost modifier with the name of its declaration. */
export function lostModifiers(hunks: readonly Hunk[], languageId: string, intent: Intent): string[] {
  if (!LANGUAGES.has(languageId) || intent.shorter || intent.reshapes || intent.merges || intent.cleared) return [];
  const [removed, added] = [hunks.flatMap((hunk) => hunk.removed), hunks.flatMap((hunk) => hunk.added)];
  const texts = added.join("\n");
  const fresh = added.flatMap((line) => headOf(line) ?? []);
  const there = new Set(added.map(normalizeSpace));
  const lost = removed.flatMap((line) => {
    const head = headOf(line);
    if (!head || head.modifiers.length === 0 || there.has(normalizeSpace(line))) return [];
    const same = fresh.filter(({ key }) => key === head.key);
    const isLost = (modifier: string) =>
      same.length > 0 &&
      same.every((other) => !hasLike(other, modifier)) &&
      !isAllowed(modifier, head, same[0]!, { languageId, texts, removed }, intent);
    return head.modifiers.filter(isLost).map((modifier) => `${modifier} ${head.name}`);
  });
  return [...new Set(lost)];
}

/** What a line declares. Undefined for other lines. */
function headOf(line: string): Head | undefined {
  const text = line.trim();
  if (STATEMENT.test(text)) return undefined;
  const [, leading = "", rest = ""] = LEADING.exec(text) ?? [];
  const behind = BEHIND.exec(rest)?.[1]?.match(BEHIND_WORD) ?? [];
  const modifiers = [...(leading.match(PART)?.filter((part) => part !== "set") ?? []), ...behind];
  const width = indentationWidth(line);
  const [, keyword, named] = KEYWORD.exec(rest) ?? SWIFT_INIT.exec(rest) ?? [];
  if (keyword) {
    const name = named ?? keyword;
    return { key: `${keyword} ${name} ${width}`, name, modifiers, line: text, rest };
  }
  const [, type = "", name, bracket] = TYPED.exec(rest) ?? [];
  if (name === undefined || STATEMENT.test(rest)) return undefined;
  // A call or an assignment looks like a method or a field that has no type.
  if (bracket && type === "" && modifiers.length === 0 && /;$/.test(text)) return undefined;
  return { key: `${bracket ? "()" : type === "" ? "=" : "type"} ${name} ${width}`, name, modifiers, line: text, rest };
}

/** Whether a head has the modifier, or one that can replace it. */
function hasLike({ modifiers }: Head, modifier: string): boolean {
  const group = GROUPS.find((words) => words.includes(modifier)) ?? [modifier];
  return modifiers.some((other) => group.includes(other));
}

type Around = { languageId: string; texts: string; removed: readonly string[] };

function isAllowed(
  modifier: string,
  { name, rest }: Head,
  other: Head,
  { languageId, texts, removed }: Around,
  intent: Intent,
): boolean {
  const word = modifier.replace(/^[@[]|[(\]].*$/g, "");
  if (intent.mayRemove(word) || intent.names(word) || HINTS.test(modifier)) return true;
  // An attribute may stand on a line of its own.
  if (/^[@[]/.test(modifier)) return texts.includes(word);
  if (VISIBLE.includes(word)) return intent.hides || DEFAULTS[languageId] === word;
  if (word === "open" || word === "abstract") return intent.stubs || rest.endsWith(";") !== other.rest.endsWith(";");
  // What is handled is no longer thrown.
  if (/throws$/.test(word))
    return ERRORS.test(texts) || intent.mentions(ERRORS) || removed.some((line) => /\bthrow\b/.test(line));
  // A method that sets a member cannot stay constant.
  if (word === "const" && rest.includes("(")) return SETS.test(texts);
  // What is set later cannot stay constant.
  if (GROUPS[1]!.includes(word)) return isSetIn(name, texts) || other.rest === "";
  // A function whose waiting goes needs no such word; what still waits is checked for itself (awaits.ts).
  if (word === "async" && removed.some((line) => /\bawait\b/.test(line)) && !/\bawait\b/.test(texts)) return true;
  if (IN_BODY[word]?.test(texts)) return true;
  return Object.hasOwn(SAID, word) && intent.mentions(SAID[word]!);
}

const isSetIn = (name: string, text: string) =>
  new RegExp(
    `^\\s*(?:(?:this|self)\\.)?${inPattern(name)}\\s*(?:[-+*/|&]?=(?!=)|\\+\\+|--)|(?:\\+\\+|--)${inPattern(name)}\\b`,
    "m",
  ).test(text);
