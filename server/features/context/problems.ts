/** Diagnostics as text. */
import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver";
import { problemLine, relatedLine } from "../text/prompts.ts";
import { touches } from "../text/ranges.ts";

const SEVERITY: Record<DiagnosticSeverity, string> = {
  [DiagnosticSeverity.Error]: "error",
  [DiagnosticSeverity.Warning]: "warning",
  [DiagnosticSeverity.Information]: "information",
  [DiagnosticSeverity.Hint]: "hint",
};

/** Maximum number of related places of one problem. */
const MAX_RELATED = 5;

/**
 * A line for each problem, in the order of lines, and below it a line for each related place. With a range, only the
 * problems that touch it. `nameOf`: the name of a document in prompts.
 */
export function problemLines(
  diagnostics: readonly Diagnostic[],
  nameOf: (uri: string) => string,
  range?: Range,
): string[] {
  return diagnostics
    .filter((diagnostic) => !range || touches(diagnostic.range, range))
    .toSorted((a, b) => a.range.start.line - b.range.start.line)
    .flatMap(({ range, severity, message, source, code, relatedInformation = [] }) => [
      problemLine(
        range.start.line + 1,
        SEVERITY[severity ?? DiagnosticSeverity.Error],
        messageText(message),
        [source, code].filter((part) => part !== undefined && part !== "").join(" "),
      ),
      ...relatedInformation
        .slice(0, MAX_RELATED)
        .map(({ location, message }) =>
          relatedLine(nameOf(location.uri), location.range.start.line + 1, messageText(message)),
        ),
    ]);
}

/** The message of a diagnostic, in either of its two forms. */
export function messageText(message: Diagnostic["message"]): string {
  return typeof message === "string" ? message : message.value;
}
