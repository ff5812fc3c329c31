/** Error messages for a terminal. */
import { EngineError } from "../engine/engine.ts";
import { ListenError } from "../http/listen.ts";

/** The command-line options for settings that errors name. */
const OPTIONS: Record<string, string> = {
  "the setting http.proxy": "--proxy",
  "the setting nemotron.npmRegistry": "--registry",
  "the setting nemotron.download.mirror": "--mirror",
  "the setting nemotron.download.proxy": "--proxy",
  "nemotron.npmRegistry": "--registry",
  "nemotron.download.mirror": "--mirror",
  "nemotron.download.proxy": "--proxy",
};

/** The reason and what to do, with command-line options instead of settings. */
export function explainError(error: unknown): string {
  if (isSystemError(error)) return systemError(error);
  const next = error instanceof ListenError ? error.next : error instanceof EngineError ? error.data.next : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const text = typeof next === "string" && !message.includes(next) ? `${message} ${next}` : message;
  return Object.entries(OPTIONS).reduce((words, [setting, option]) => words.replaceAll(setting, option), text);
}

const REASONS: Record<string, string> = {
  ENOENT: "does not exist",
  ENOTDIR: "leads through a file that is not a folder",
  EISDIR: "is a folder",
  EACCES: "is not accessible to you",
  EPERM: "is not accessible to you",
  EROFS: "is on a read-only disk",
  ENOSPC: "is on a full disk",
};

/** A file system error in words. */
export function systemError({ path: file = "The path", code = "", message }: NodeJS.ErrnoException): string {
  const reason = REASONS[code];
  return reason === undefined ? message : `${file} ${reason}.`;
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "path" in error;
