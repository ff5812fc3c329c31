/** Converts VS Code's ranges and problems to LSP, and back. */
import { type Diagnostic, DiagnosticSeverity, languages, Range, Uri } from "vscode";
import type { Diagnostic as LspDiagnostic, Range as LspRange } from "vscode-languageclient";

export const lspRange = ({ start, end }: Range): LspRange => ({
  start: { line: start.line, character: start.character },
  end: { line: end.line, character: end.character },
});

export const editorRange = ({ start, end }: LspRange): Range =>
  new Range(start.line, start.character, end.line, end.character);

/** LSP counts severities from 1, in the same order. */
export function lspDiagnostic({
  range,
  message,
  severity,
  source,
  code,
  relatedInformation,
}: Diagnostic): LspDiagnostic {
  const from = [DiagnosticSeverity.Error, DiagnosticSeverity.Warning, DiagnosticSeverity.Information];
  const index = from.indexOf(severity);
  const lsp = ([1, 2, 3] as const)[index] ?? 4;
  return {
    range: lspRange(range),
    message,
    severity: lsp,
    source,
    code: typeof code === "object" ? code.value : code,
    relatedInformation: relatedInformation?.map(({ location, message }) => ({
      location: { uri: location.uri.toString(), range: lspRange(location.range) },
      message,
    })),
  };
}

/** The document's problems in LSP's form. */
export const problemsIn = (uri: Uri): LspDiagnostic[] => languages.getDiagnostics(uri).map(lspDiagnostic);

/** The document's problems that a range touches, or all without a range. */
export const problemsAt = (uri: Uri, range?: Range): Diagnostic[] =>
  languages.getDiagnostics(uri).filter((problem) => range?.intersection(problem.range) !== undefined || !range);

/** The place that a lens, a menu or a code action passes; undefined for other arguments. */
export function targetOf(value: unknown): { uri: Uri; range: Range } | undefined {
  if (typeof value !== "object" || value === null || !("uri" in value) || !("range" in value)) return undefined;
  const { uri, range } = value;
  return uri instanceof Uri && range instanceof Range ? { uri, range } : undefined;
}
