/** Verifies edits: with the editor's problems in the changed files, and with the project's check command. */
import { DiagnosticSeverity } from "vscode-languageserver";
import { URI } from "vscode-uri";
import { problemLines } from "../features/context/problems.ts";
import type { AgentVerdict } from "../protocol.ts";
import { findCheck } from "./findCheck.ts";
import { headAndTail } from "./tools/observation.ts";
import { runWithConsent } from "./tools/run.ts";
import type { ToolContext } from "./tools/tool.ts";
import { failureText } from "./tools/tools.ts";

/** `findings`: what fails, for the model. */
export type Verification = { verdict: AgentVerdict; findings: string[] };

/** Verifies the edits of one run, each time the model says that it is done. */
export class Verifier {
  private check: string | undefined;
  private isDenied = false;
  private isConfirmed: boolean;

  /** @param check the user's command. Undefined: found in the project's files, and the user is asked once. "": none. */
  constructor(check: string | undefined) {
    this.check = check;
    this.isConfirmed = check !== undefined;
  }

  /** @param changed URIs of the changed files. Throws the signal's reason. */
  async verify(changed: readonly string[], context: ToolContext): Promise<Verification> {
    const findings = await problemsIn(changed, context);
    // If the editor already knows of errors, the command need not run.
    if (findings.length > 0) {
      const { text } = await headAndTail(findings.join("\n\n"), context.countTokens);
      return { verdict: "failed", findings: [text] };
    }
    this.check ??= (await findCheck(context.workspace)) ?? "";
    if (this.check === "" || this.isDenied || !context.workspace.run) return { verdict: "none", findings: [] };
    const how = { check: true, isConfirmed: this.isConfirmed };
    const result = await runWithConsent(this.check, context, how).catch((error) => {
      context.signal.throwIfAborted();
      return failureText(error);
    });
    // A command that cannot be started says nothing about the edits.
    if (typeof result === "string") return { verdict: "none", findings: [`${this.check}\n${result}`] };
    const { text, exitCode, denied = false } = result;
    this.check = result.command;
    this.isConfirmed = true;
    this.isDenied = denied;
    if (denied) return { verdict: "none", findings: [] };
    if (exitCode === 0) return { verdict: "passed", findings: [] };
    return { verdict: "failed", findings: [`${this.check}\n${text}`] };
  }
}

/** The errors in these files that the editor knows. */
async function problemsIn(uris: readonly string[], { workspace, signal }: ToolContext): Promise<string[]> {
  const known = (await workspace.problems?.([...uris], signal).catch(() => [])) ?? [];
  signal.throwIfAborted();
  return known.flatMap(({ uri, diagnostics }) => {
    const errors = diagnostics.filter(({ severity }) => severity === DiagnosticSeverity.Error);
    return errors.length === 0
      ? []
      : [`Problems in ${nameOf(uri, workspace.folders())}:\n${problemLines(errors, () => "").join("\n")}`];
  });
}

/** The path of a file in the workspace, from its URI. */
function nameOf(uri: string, folders: readonly string[]): string {
  const file = URI.parse(uri).path;
  const tops = folders.map((folder) => `${URI.parse(folder).path.replace(/\/$/, "")}/`);
  return file.slice(tops.find((top) => file.startsWith(top))?.length ?? 1);
}
