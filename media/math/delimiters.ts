/** Where a formula begins and ends in a text, by the delimiters that models use. Pure. */

/** `display`: on a line of its own. `end`: the index after the formula. */
export type FoundFormula = { tex: string; display: boolean; end: number };

/** Environments that are display mathematics without any delimiter. */
const ENVIRONMENT = /^\\begin\{((?:equation|align|alignat|gather|multline|CD)\*?)\}/;

type Delimiters = { open: string; close: string; display: boolean };
const DELIMITERS: Delimiters[] = [
  { open: "\\(", close: "\\)", display: false },
  { open: "\\[", close: "\\]", display: true },
  { open: "$$", close: "$$", display: true },
  { open: "$", close: "$", display: false },
];
const BOXED = "\\boxed{";

/** The formula that begins at an index, if there is one. A dollar can also belong to money, a shell or a pattern. */
export function formulaAt(text: string, start: number): FoundFormula | undefined {
  if (text.startsWith(BOXED, start)) return boxedAt(text, start);
  const delimiters = delimitersAt(text, start);
  if (!delimiters) return undefined;
  const { open, close, display } = delimiters;
  const from = start + open.length;
  const at = indexOfUnescaped(text, close, from);
  if (at < 0) return undefined;
  const [tex, end] = [text.slice(from, at), at + close.length];
  // Text with a backtick is code, and a formula has a letter or a digit.
  if (tex.includes("`") || !/[\p{L}\p{N}]/u.test(tex)) return undefined;
  if (open === "$" && (/\s$/.test(tex) || /[\p{L}\p{N}]/u.test(text[end] ?? "") || isAmount(tex))) return undefined;
  return { tex, display, end };
}

/** The formula that is still open at the end of an incomplete paragraph, if there is one. */
export function openFormula(paragraph: string): { start: number; display: boolean } | undefined {
  for (let at = 0; at < paragraph.length; at++) {
    const code = /^`+/.exec(paragraph.slice(at, at + 16))?.[0];
    const closed = code && new RegExp(`(?<!\`)${code}(?!\`)`).exec(paragraph.slice(at + code.length));
    if (code) {
      if (!closed) return undefined;
      at += code.length + closed.index + code.length - 1;
      continue;
    }
    const found = formulaAt(paragraph, at);
    const open = found ? undefined : openingAt(paragraph, at);
    if (open) return open;
    if (found) at = found.end - 1;
    else if (paragraph[at] === "\\") at++;
  }
  return undefined;
}

function openingAt(paragraph: string, start: number): { start: number; display: boolean } | undefined {
  const rest = paragraph.slice(start);
  const environment = ENVIRONMENT.exec(rest);
  if (environment) return rest.includes(`\\end{${environment[1]}}`) ? undefined : { start, display: true };
  if (rest.startsWith(BOXED)) return { start, display: false };
  // Half of a command that may begin a formula.
  if (rest.length > 1 && (BOXED.startsWith(rest) || "\\begin{".startsWith(rest))) return { start, display: false };
  const delimiters = delimitersAt(paragraph, start);
  if (!delimiters || rest.includes("`")) return undefined;
  const { open, display } = delimiters;
  const tex = rest.slice(open.length);
  if (open === "$" && !mayBecomeFormula(tex)) return undefined;
  return { start, display };
}

function delimitersAt(text: string, start: number): Delimiters | undefined {
  const found = DELIMITERS.find(({ open }) => text.startsWith(open, start));
  if (found?.open !== "$") return found;
  const before = text[start - 1] ?? "";
  return /[\p{L}\p{N}\\$]/u.test(before) || /^(\s|$)/.test(text.slice(start + 1)) ? undefined : found;
}

/** "5 and 10", "5.99 a month": the text after a dollar that means money. */
const isAmount = (tex: string) => /^\d[\d.,]*\s?(k|m|bn)?(\s+|[-–/])\p{L}{2,}/iu.test(tex);

/** Formulas have fewer characters than this, and no two plain words in a row. */
const LONGEST = 300;
const mayBecomeFormula = (tex: string) =>
  tex.length < LONGEST && !isAmount(tex) && !/(^|\s)\p{L}{2,}\s+\p{L}{2,}/u.test(tex) && !/^\d[\d.,]*\s/.test(tex);

function boxedAt(text: string, start: number): FoundFormula | undefined {
  let depth = 0;
  for (let at = start + BOXED.length - 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return { tex: text.slice(start, at + 1), display: false, end: at + 1 };
  }
  return undefined;
}

function indexOfUnescaped(text: string, what: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(what, at)) return at;
    if (text[at] === "\\") at++;
  }
  return -1;
}

/** The closing delimiter of display mathematics that a line opens, and the length of the opening one in characters. */
export function blockOpening(line: string): { length: number; close: string } | undefined {
  const environment = ENVIRONMENT.exec(line);
  // The TeX includes the environment's own delimiters.
  if (environment) return { length: 0, close: `\\end{${environment[1]}}` };
  if (line.startsWith("$$")) return { length: 2, close: "$$" };
  return line.startsWith("\\[") ? { length: 2, close: "\\]" } : undefined;
}

/** The TeX of a formula as it stands in the text, without delimiters; the closing one may be missing. */
export function texOf(source: string): string {
  const text = source.trim();
  const found = DELIMITERS.find(({ open }) => text.startsWith(open));
  if (!found) return text;
  const inner = text.slice(found.open.length);
  return (inner.endsWith(found.close) ? inner.slice(0, -found.close.length) : inner).trim();
}
