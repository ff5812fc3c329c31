/** LSP's work-done progress, for requests that take minutes. */
import type { Connection, ProgressToken } from "vscode-languageserver";

/** @param percentage left out where it is not known. */
export type Report = (message: string, percentage?: number) => void;

/** Tells the client's token, if it gave one, how far the work is. It can be cancelled, by `$/cancelRequest`. */
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
