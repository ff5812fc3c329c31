/** Finds texts in an answer that may name files: `src/a.ts`, `a.ts:12`, `src/a.ts#L9`. No VS Code API. */

/** An answer with more of them is a listing of files; the rest are not linked. */
const MOST = 100;
const FENCED = /^ {0,3}(`{3,}|~{3,})[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm;
const LINK = /\]\(<?([^\s()<>]+)>?(?:\s+["'][^)]*)?\)|^\[[^\]\n]+\]:[ \t]*<?([^\s<>]+)/gm;
const INLINE_CODE = /(?<!`)`([^`\n]{1,200})`(?!`)/g;
/** A file name needs an extension here: other words are not files. */
const PATH =
  /(?<![\w./@-])(?:\.{1,2}\/|\/)?(?:[\w@.-]+\/)*[\w@-][\w@.-]*\.[A-Za-z]\w{0,9}(?::\d+(?:[-:]\d+)?|#L\d+(?:-L?\d+)?)?(?![\w/])/g;

export type Place = {
  /** As it is written in the answer. */
  text: string;
  path: string;
  /** 1-based; 0 for the file as a whole. */
  line: number;
};

/** The texts that may name files, each once. */
export function placesIn(answer: string): Place[] {
  const prose = answer.replace(FENCED, "");
  const links = [...prose.matchAll(LINK)].map(([, link, definition]) => decoded(link ?? definition ?? ""));
  const codes = [...prose.matchAll(INLINE_CODE)].map(([, code]) => code!.trim()).filter((code) => !/\s/.test(code));
  const words = [...prose.replace(LINK, " ").replace(INLINE_CODE, " ").matchAll(PATH)].map(([word]) => word);
  const texts = [...new Set([...links, ...codes, ...words])];
  return texts.flatMap((text) => placeOf(text) ?? []).slice(0, MOST);
}

/** The file and the line that a text names; undefined if it cannot name a file. */
export function placeOf(text: string): Place | undefined {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text) || /[\t\n\\<>"|*?]/.test(text) || text.startsWith("//")) return undefined;
  const [, path, colon, hash] = /^(.+?)(?::(\d+)(?:[-:]\d+)?|#L(\d+)(?:-L?\d+)?)?$/.exec(text) ?? [];
  if (!path || path.includes("#") || !/[./]/.test(path) || /^[./]*$/.test(path)) return undefined;
  return { text, path, line: Number(colon ?? hash ?? 0) };
}

function decoded(link: string): string {
  try {
    return decodeURI(link);
  } catch {
    return link;
  }
}
