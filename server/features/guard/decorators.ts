/** Finds lost decorators, annotations and attributes: short lines that can change what code does. */
import { wordsOf } from "../text/words.ts";
import type { Hunk } from "./hunks.ts";
import type { Intent } from "./intent.ts";

const AT = /^@([\w.]+)/;
const SIGNS: Record<string, RegExp> = {
  csharp: /^\[(?!assembly\b)(?:\w+:\s*)?([A-Z][\w.]*)[^\]]*\]$/,
  rust: /^#\[(\w[\w:]*)[\s\S]*\]$/,
  php: /^#\[(\\?\w[\w\\]*)[\s\S]*\]$/,
};
const LANGUAGES = new Set(
  "python java kotlin scala groovy typescript typescriptreact javascript javascriptreact dart swift".split(" "),
);
/** Hints for compilers and linters, which do not change what the code does. */
const HINTS = /^(?:Override|override|SuppressWarnings|allow|inline|must_use|objc|discardableResult)$/;

/** Decorators that decide the form of a declaration. */
const FORMS =
  /^(?:property|cached_property|staticmethod|classmethod|dataclass|abstractmethod|Autowired|Inject|Input|Output|Data|Getter|Setter|Value|Builder)$/;

/** The lost lines, as they were. Each decorator that a hunk adds replaces one that it removes. */
export function lostDecorators(
  hunks: readonly Hunk[],
  languageId: string,
  after: readonly string[],
  intent: Intent,
): string[] {
  if (intent.mayRemoveLines && !intent.reshapes) return [];
  const sign = LANGUAGES.has(languageId) ? AT : Object.hasOwn(SIGNS, languageId) ? SIGNS[languageId]! : undefined;
  if (!sign) return [];
  const nameOf = (line: string) => sign.exec(line.trim())?.[1];
  const names = hunks.flatMap(({ removed }) => removed.flatMap((line) => nameOf(line) ?? []));
  if (names.length === 0) return [];
  const said = wordsOf(hunks.flatMap(({ added }) => added).join("\n"));
  // Code that takes another form may express a decorator in another way.
  const isReshaped = (name: string) =>
    intent.reshapes && (FORMS.test(name) || said.has(name.toLowerCase()) || intent.names(name));
  const derives = intent.reshapes ? [] : lostDerives(hunks);
  if (derives.length > 0) return derives;
  const left = new Set(after.flatMap((line) => nameOf(line) ?? []));
  return hunks.flatMap(({ removed, added }) => {
    const gained = added.filter((line) => nameOf(line) !== undefined).length;
    const gone = removed.filter((line) => {
      const name = nameOf(line);
      return name !== undefined && !HINTS.test(name) && !left.has(name) && !isReshaped(name);
    });
    return gone.slice(gained);
  });
}

/** Rust: the traits that a type no longer derives, as one attribute. */
function lostDerives(hunks: readonly Hunk[]): string[] {
  return hunks.flatMap(({ removed, added }) => {
    const [had, has] = [removed, added].map((lines) =>
      lines.flatMap((line) => /^#\[derive\((.*)\)\]$/.exec(line.trim())?.[1]?.split(/,\s*/) ?? []),
    );
    const gone = has!.length === 0 ? [] : had!.filter((name) => !has!.includes(name));
    return gone.length > has!.filter((name) => !had!.includes(name)).length ? [`#[derive(${gone.join(", ")})]`] : [];
  });
}
