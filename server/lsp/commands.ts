/** The commands behind the code actions, for editors that support only LSP. */
import { mkdtemp, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  type ClientCapabilities,
  type Connection,
  ErrorCodes,
  type ExecuteCommandParams,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  TextDocumentEdit,
  type TextEdit,
  type WorkDoneProgressReporter,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { URI, Utils } from "vscode-uri";
import { explain } from "../features/chat/explain.ts";
import type { FeatureDeps, Report } from "../features/deps.ts";
import { edit } from "../features/edit/edit.ts";
import { writeTests } from "../features/tests/tests.ts";
import { INSTRUCTIONS } from "../features/text/prompts.ts";
import { Command, type RangeArguments } from "../protocol.ts";
import { checkParams } from "../shared/check.ts";
import * as schemas from "./schemas.ts";

type CommandDeps = FeatureDeps & {
  connection: Connection;
  capabilities: ClientCapabilities;
  progress: WorkDoneProgressReporter;
};

/**
 * Runs a command, and shows or applies its result. Throws the features' errors, and ResponseError for an invalid
 * command.
 */
export async function runCommand(params: ExecuteCommandParams, deps: CommandDeps, signal: AbortSignal): Promise<null> {
  const {
    command,
    arguments: [target],
  } = checkParams(schemas.executeCommand, params);
  switch (command) {
    case Command.explain:
      await withProgress(deps, "Explain", signal, (report, signal) => explainRange(target, deps, signal, report));
      return null;
    case Command.edit:
      await withProgress(deps, INSTRUCTIONS[target.instruction ?? "refactor"].title, signal, (report, signal) =>
        editRange(target, deps, signal, report),
      );
      return null;
    case Command.writeTests:
      await withProgress(deps, "Write tests", signal, (report, signal) => testsFor(target, deps, signal, report));
      return null;
    default:
      throw new ResponseError(ErrorCodes.InvalidParams, `There is no command ${command}.`);
  }
}

type Work = (report: Report, signal: AbortSignal) => Promise<void>;

/** Work-done progress with a Cancel button, if the client supports it. */
async function withProgress(deps: CommandDeps, title: string, signal: AbortSignal, work: Work): Promise<void> {
  const progress = deps.capabilities.window?.workDoneProgress
    ? await deps.connection.window.createWorkDoneProgress()
    : undefined;
  const cancelled = new AbortController();
  progress?.token.onCancellationRequested(() => cancelled.abort(new Error("Cancelled")));
  progress?.begin(`Nemotron: ${title}`, undefined, "reading", true);
  let stage = "";
  const report: Report = ({ type }) => {
    if (type === stage) return;
    stage = type;
    const writing = { answer: "writing", revised: "writing", toolCall: "writing" };
    progress?.report({ prompt: "reading", reading: "reading", thought: "thinking", ...writing }[type]);
  };
  try {
    await work(report, AbortSignal.any([signal, cancelled.signal]));
  } catch (error) {
    // The user who pressed Cancel needs no message.
    if (!cancelled.signal.aborted) throw error;
  } finally {
    progress?.done();
  }
}

async function explainRange(args: RangeArguments, deps: CommandDeps, signal: AbortSignal, report: Report) {
  const { uri, range, diagnostics } = args;
  const { answer } = await explain({ textDocument: { uri }, range, diagnostics }, deps, signal, report);
  await show(deps, "explanation.md", answer);
}

async function editRange(args: RangeArguments, deps: CommandDeps, signal: AbortSignal, report: Report) {
  const { uri, version, range, instruction = "refactor", diagnostics } = args;
  const params = { textDocument: { uri, version }, range, instruction: { id: instruction }, diagnostics };
  const { edits, refused, warning } = await edit(params, deps, signal, report);
  if (edits.length === 0) notify(deps, MessageType.Info, "Nemotron suggests no change here.");
  else await apply(deps, `Nemotron: ${INSTRUCTIONS[instruction].title}`, uri, version, edits);
  if (warning) notify(deps, MessageType.Warning, warning);
  for (const { passage, reason } of refused)
    notify(deps, MessageType.Warning, `Left out of the edit: "${passage.trim()}", because ${reason}.`);
}

async function testsFor({ uri, range }: RangeArguments, deps: CommandDeps, signal: AbortSignal, report: Report) {
  const written = await writeTests({ textDocument: { uri }, range }, deps, signal, report);
  if (!written.edits) return show(deps, Utils.basename(URI.parse(written.uri)), written.text);
  await apply(deps, "Nemotron: Write tests", written.uri, written.version ?? null, written.edits);
  if (written.warning) notify(deps, MessageType.Warning, written.warning);
}

/** `version`: null for a file that is not open. */
async function apply(
  deps: CommandDeps,
  label: string,
  uri: string,
  version: number | null,
  edits: TextEdit[],
): Promise<void> {
  const versioned = deps.capabilities.workspace?.workspaceEdit?.documentChanges === true;
  const stale = () => (deps.documents.get(uri)?.version ?? null) !== version;
  // Without versioned edits the client cannot refuse an outdated one, so refuse it here.
  if (!versioned && stale()) throw new ResponseError(ErrorCodes.InternalError, "The document has changed meanwhile.");
  const edit: WorkspaceEdit = versioned
    ? { documentChanges: [TextDocumentEdit.create({ uri, version }, edits)] }
    : { changes: { [uri]: edits } };
  const { applied, failureReason } = await deps.connection.workspace.applyEdit({ label, edit });
  if (!applied) {
    const reason = failureReason ?? (stale() ? "the document has changed meanwhile" : "the editor refused it");
    notify(deps, MessageType.Error, `The edit was not applied: ${reason}.`);
  }
}

/** Shows the text in a document of its own if the client supports that, otherwise as a message. */
async function show(deps: CommandDeps, name: string, text: string): Promise<void> {
  if (!deps.capabilities.window?.showDocument?.support) return notify(deps, MessageType.Info, text);
  const directory = await mkdtemp(path.join(os.tmpdir(), "nemotron-"));
  const file = path.join(directory, name);
  await writeFile(file, text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600 });
  await deps.connection.window.showDocument({ uri: URI.file(file).toString(), takeFocus: true });
}

/** Sends a notification, because the connection's own show…Message would wait for an answer. */
function notify({ connection }: CommandDeps, type: MessageType, message: string): void {
  void connection.sendNotification(ShowMessageNotification.type, { type, message });
}
