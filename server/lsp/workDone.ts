/** LSP's work-done progress, for requests that take minutes. */
import type { Connection, ProgressToken } from "vscode-languageserver";

/** `percentage`: left out if unknown. */
export type Report = (message: string, percentage?: number) => void;

/** Runs work and reports its progress to the client's token, if there is one. `$/cancelRequest` cancels the work. */
export async function withWorkDone<R>(
  connection: Connection,
  token: ProgressToken | undefined,
  title: string,
  work: (report: Report) => Promise<R>,
): Promise<R> {
  if (token === undefined) return work(() => {});
  const progress = connection.window.attachWorkDoneProgress(token);
  progress.begin(title, 0, undefined, true);
  try {
    return await work((message, percentage) => {
      if (percentage === undefined) progress.report(message);
      else progress.report(percentage, message);
    });
  } finally {
    progress.done();
  }
}
