/** Errors for a response that is not a reply, or ends in an unusual way. */
import { t } from "@vscode/l10n";
import { EngineError } from "../engine/engine.ts";
import { MAX_QUOTED_CHARS } from "../shared/displayText.ts";

/** The response is not a reply. */
export class NoReply extends Error {
  /** `page`: an HTML page for people. `garbage`: anything else that is not a reply. */
  readonly kind: "page" | "empty" | "garbage";

  constructor(kind: NoReply["kind"]) {
    super(`No reply: ${kind}`);
    this.kind = kind;
  }
}

/** EngineError endpointFailed for a NoReply. */
export function noReplyError(host: string, { kind }: NoReply): EngineError {
  if (kind === "empty")
    return new EngineError("endpointFailed", t("{0} sent an empty reply.", host), {
      next: t("Try again later, or use the local engine."),
    });
  const message =
    kind === "page"
      ? t("{0} sent a web page instead of a reply.", host)
      : t("{0} sent something that is not a reply.", host);
  const next =
    kind === "page"
      ? t("Check the address, and open it in a browser: your network may require you to sign in.")
      : t("Check the address and the model in the settings of the remote engine.");
  return new EngineError("endpointFailed", message, { next });
}

/** EngineError endpointFailed. @param finish the endpoint's finish reason. */
export function unusualEndError(host: string, ending: "filtered" | "broken", finish: string): EngineError {
  const message =
    ending === "filtered" ? t("The content filter of {0} ended the reply.", host) : errorEndMessage(host, finish);
  return new EngineError("endpointFailed", message, {
    next: t("The part of the reply that arrived is kept. Try again."),
  });
}

/** @param words the endpoint's message. */
export function errorEndMessage(host: string, words: string): string {
  return /^(?:error)?$/i.test(words)
    ? t("{0} ended the reply with an error.", host)
    : t("{0} ended the reply with an error: {1}", host, words.slice(0, MAX_QUOTED_CHARS));
}

/** EngineError badCall. @param tool the called tool's name, or "". */
export function unreadableCallError(host: string, tool: string): EngineError {
  const name = tool.slice(0, MAX_QUOTED_CHARS);
  const message =
    name === ""
      ? t("{0} sent a tool call without a name.", host)
      : t("{0} sent an unreadable call of the tool {1}.", host, name);
  const next = t("The part of the reply that arrived is kept. Try again.");
  return new EngineError("badCall", message, { reason: message, next });
}
