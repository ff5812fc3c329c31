/** What went wrong, for a terminal. */
import { EngineError } from "../engine/engine.ts";
import { ListenError } from "../http/listen.ts";

/** Settings that errors name, as the options that take their place here. */
const OPTIONS: Record<string, string> = {
  "nemotron.download.mirror": "--mirror",
  "nemotron.download.proxy": "--proxy",
  "the setting http.proxy": "--proxy",
  "the setting nemotron.npmRegistry": "--registry",
};

/** The reason, and what to do. */
export function explained(error: unknown): string {
  const next = error instanceof ListenError ? error.next : error instanceof EngineError ? error.data.next : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const text = typeof next === "string" && !message.includes(next) ? `${message} ${next}` : message;
  return Object.entries(OPTIONS).reduce((said, [setting, option]) => said.replaceAll(setting, option), text);
}
