import type { CodeActionMiddleware } from "vscode-languageclient/node";
import { Command } from "../../server/protocol.ts";

/** The server offers to explain in any editor; in this one the extension has a better way, and shows that alone. */
export const withoutExplain: NonNullable<CodeActionMiddleware["provideCodeActions"]> = async (
  document,
  range,
  context,
  token,
  next,
) => {
  const actions = await next(document, range, context, token);
  return actions?.filter(
    ({ command }) => (typeof command === "string" ? command : command?.command) !== Command.explain,
  );
};
