/** Comments that stand for code which an answer leaves out: `// ... existing code ...`. */
const COMMENT =
  /^(?:\/\/+|#+|--+|;+|%+|\/\*+|\*|<!--|\{\s*\/\*+|"{3}|'''|\(\*)\s*(.*?)\s*(?:\*+\/\s*\}?|-->|\*\)|"{3}|''')?$/;
const DOTS = /^(?:\.{3}|…)/;
const WORDS =
  /\b(?:existing|rest of|remaining|other|unchanged|as before|same as|no changes?)\b.*(?:\b(?:code|methods?|functions?|members?|imports?|class|file|logic|implementation|propert(?:y|ies)|fields?|tests?|stuff|body|here)\b|\.{3}|…)|^(?:unchanged|same as (?:before|above)|no changes?(?: here)?|implementation (?:unchanged|stays the same))\W*$/i;

/** `known`: the lines of the file, without what they are indented by: a comment of its own stands for nothing else. */
export function isElision(line: string, languageId: string, known: ReadonlySet<string>): boolean {
  const text = line.trim();
  if (text === "" || known.has(text)) return false;
  // In Python these are a body.
  if (text === "..." || text === "…") return languageId !== "python";
  const said = COMMENT.exec(text)?.[1];
  return said !== undefined && (DOTS.test(said) || WORDS.test(said));
}
