/** The rules of a style sheet with their declarations, in CSS, SCSS or Less. */
import { linesInText } from "../text/linesInText.ts";
import { commentsAbove, dataDeclaration } from "./dataDeclaration.ts";
import type { Declaration } from "./outlineTypes.ts";

const COMMENT = /^(?:\/\*.*\*\/|\/\/.*)$/;

/** Lines that open or close more than one rule are left out: line numbers cannot distinguish those rules. */
export function ruleOutline(lines: readonly string[]): Declaration[] {
  const inComment = linesInText(lines, "scss");
  const top: Declaration[] = [];
  const open: Declaration[] = [];
  /** The first line of a statement that has not ended yet. */
  let start: number | undefined;
  for (const [line, raw] of lines.entries()) {
    const text = inComment[line] ? "" : bare(raw);
    if (text === "") continue;
    start ??= line;
    const [opens, closes] = [text.split("{").length - 1, text.split("}").length - 1];
    const siblings = open.at(-1)?.children ?? top;
    const content = lines
      .slice(start, line + 1)
      .map(bare)
      .join(" ");
    if (opens === closes && /[;}]$/.test(text)) {
      const name = opens > 0 ? content.split("{")[0]! : nameOf(content);
      siblings.push({
        ...dataDeclaration("rule", name.trim(), commentsAbove(lines, start, COMMENT), start),
        last: line,
      });
    } else if (opens > closes) {
      const name = content.slice(0, content.lastIndexOf("{")).trim();
      const rule = {
        ...dataDeclaration("rule", name, commentsAbove(lines, start, COMMENT), start),
        group: "container" as const,
      };
      siblings.push(rule);
      open.push(rule);
    } else if (closes > opens) {
      // The last declaration needs no semicolon.
      const before = text.replace(/\}.*$/, "").trim();
      if (before === "" && start < line)
        siblings.push({ ...dataDeclaration("rule", nameOf(content), start, start), last: line - 1 });
      const rule = open.pop();
      if (rule) rule.last = line;
    } else continue;
    start = undefined;
  }
  return top;
}

const bare = (line: string) =>
  line
    .replace(/\/\*.*?(?:\*\/|$)/g, "")
    .replace(/(?<!:)\/\/.*$/, "")
    .replace(/\s+/g, " ")
    .trim();

/** The property that a declaration sets, or the whole statement. */
const nameOf = (content: string) => (/^([\w$@-]+)\s*:/.exec(content)?.[1] ?? content).replace(/[;}\s]+$/, "");
