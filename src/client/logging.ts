/** Logs the names and times of messages, never their contents. */
import { EventEmitter, LogLevel, type LogOutputChannel } from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { sanitizeDisplayText } from "../../server/shared/displayText.ts";
import { setting } from "../config.ts";
import { type ServerStatus, toServerError } from "../errors/serverError.ts";

const nothing = () => {};

/**
 * Where the language client's own trace goes. It could be made to print parameters, which are the user's prompts and
 * code, so it is switched off: the client traces at this channel's level, whatever the settings say.
 */
export const SILENT: LogOutputChannel = {
  name: "Nemotron Local",
  logLevel: LogLevel.Off,
  onDidChangeLogLevel: new EventEmitter<LogLevel>().event,
  append: nothing,
  appendLine: nothing,
  replace: nothing,
  clear: nothing,
  show: nothing,
  hide: nothing,
  dispose: nothing,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

/** Logs each sent message and the time of its answer, if the settings ask for it. */
export function withTrace(log: LogOutputChannel): Pick<Middleware, "sendRequest" | "sendNotification"> {
  const trace = (line: string) => setting("trace.server") === "messages" && log.info(line);
  const nameOf = (type: string | { method: string }) => (typeof type === "string" ? type : type.method);
  return {
    sendRequest: async (type, param, token, next) => {
      const started = Date.now();
      trace(`${nameOf(type)}: asked`);
      try {
        const result = await next(type, param, token);
        trace(`${nameOf(type)}: answered after ${Date.now() - started} ms`);
        return result;
      } catch (error) {
        trace(`${nameOf(type)}: failed after ${Date.now() - started} ms (${toServerError(error).code})`);
        throw error;
      }
    },
    sendNotification: (type, next, params) => {
      trace(`${nameOf(type)}: told`);
      return next(type, params);
    },
  };
}

/** Logs what runs and what went wrong. */
export function logStatus(log: LogOutputChannel, before: ServerStatus, after: ServerStatus): void {
  if (after.type === "failed" || after.type === "down") log.error(sanitizeDisplayText(`${after.reason} ${after.next}`));
  if (after.type !== "ready" || before.type === "busy" || before.type === "ready") return;
  const { name, backend, device = backend, gpuLayers, totalLayers, notes, remote } = after.model;
  const local = backend === "cpu" ? "on the CPU" : `with ${gpuLayers} of ${totalLayers} layers on ${device}`;
  const where = remote ? `at ${remote.host}` : local;
  log.info(sanitizeDisplayText(`${name} is loaded ${where}. ${notes.join(" ")}`.trimEnd()));
}
