/** Diagnostics, in words. */
import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver";
import { problemLine } from "./prompts.ts";
import { touches } from "./ranges.ts";

const SEVERITY: Record<DiagnosticSeverity, string> = {
  [DiagnosticSeverity.Error]: "error",
  [DiagnosticSeverity.Warning]: "warning",
  [DiagnosticSeverity.Information]: "information",
  [DiagnosticSeverity.Hint]: "hint",
};

/** One line for each problem, by line; only for those that touch the range, if there is one. */
export function problemLines(diagnostics: readonly Diagnostic[], range?: Range): string[] {
  return diagnostics
    .filter((diagnostic) => !range || touches(diagnostic.range, range))
    .toSorted((a, b) => a.range.start.line - b.range.start.line)
    .map(({ range, severity, message }) =>
      problemLine(range.start.line + 1, SEVERITY[severity ?? DiagnosticSeverity.Error], messageText(message)),
    );
}

/** What a diagnostic says, in whichever of its two forms. */
export function messageText(message: Diagnostic["message"]): string {
  return typeof message === "string" ? message : message.value;
}
