/** The words of code, which identify a rewritten line. */

const KEYWORDS = new Set(
  `abstract and as async await begin bool boolean break case catch char class const continue def default defer del delete do
  done double elif else end enum except export extends extern false final finally float fn for foreach from func function
  go goto if impl implements import in int interface is lambda let local long loop match module mut namespace new nil none
  not null of or package pass private protected pub public raise readonly ref return self short static str string struct
  super switch then this throw throws trait true try type typeof undefined union unless unsigned until use using val var
  virtual void when where while with yield`.split(/\s+/),
);

/** The words of a text in lower case, without keywords. */
export function wordsOf(text: string): Set<string> {
  const words = text.match(/[\p{L}\p{N}_$]+/gu) ?? [];
  return new Set(words.map((word) => word.toLowerCase()).filter((word) => !KEYWORDS.has(word)));
}

/** The share of `words` that are in `known`; 1 without words. */
export function shareOf(words: ReadonlySet<string>, known: ReadonlySet<string>): number {
  if (words.size === 0) return 1;
  let found = 0;
  for (const word of words) if (known.has(word)) found++;
  return found / words.size;
}

/** The similarity of two sets, from 0 to 1. */
export function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1;
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  return both / (a.size + b.size - both);
}

const COMMENT =
  /^(?:\/\/|\/\*|\*(?=[\s/*]|$)|#(?!\s*(?:include|import|define|if|ifdef|ifndef|else|endif|pragma|\[|!\[))|--(?!\w)|;;|%|<!--|\{\/\*|\(\*|"{3}|'{3}|REM\b)/;

/** Whether a line begins with a comment, in any language. */
export const isComment = (line: string) => COMMENT.test(line.trim());
/** Whether a line does something: not blank, not a comment, not only brackets. */
export const isCode = (line: string) => /[\p{L}\p{N}]/u.test(line) && !isComment(line);

/** A text, escaped for a regular expression. */
export const inPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
