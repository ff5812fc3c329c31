/** Diagnostics, in words. */
import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver";
import { problemLine, relatedLine } from "./prompts.ts";
import { touches } from "./ranges.ts";

const SEVERITY: Record<DiagnosticSeverity, string> = {
  [DiagnosticSeverity.Error]: "error",
  [DiagnosticSeverity.Warning]: "warning",
  [DiagnosticSeverity.Information]: "information",
  [DiagnosticSeverity.Hint]: "hint",
};

const MOST_RELATED = 5;

/**
 * One line for each problem, by line, and below it one for each place that it has to do with; only for those that touch
 * the range, if there is one. `nameOf`: what a document is called.
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
        .slice(0, MOST_RELATED)
        .map(({ location, message }) =>
          relatedLine(nameOf(location.uri), location.range.start.line + 1, messageText(message)),
        ),
    ]);
}

/** What a diagnostic says, in whichever of its two forms. */
export function messageText(message: Diagnostic["message"]): string {
  return typeof message === "string" ? message : message.value;
}
