/** What the server is asked for a turn's reply. */
import { type CancellationToken, Uri } from "vscode";
import type { Range } from "vscode-languageclient";
import { sampling } from "../config.ts";
import { editorRange } from "../lsp.ts";
import type { Server } from "../server.ts";
import { explaining, historyOf, type StoredConversation, type StoredTurn, titleOf } from "./conversation.ts";
import type { Ask } from "./runningReply.ts";
import { itemsOf, openDocument, selectionSource } from "./sources.ts";

export type Asked = { conversation: StoredConversation; turn: StoredTurn; token: CancellationToken };

export function askFor(server: Server, asked: Asked): Ask {
  const { explain, userContent } = asked.turn;
  return explain && userContent === undefined ? askToExplain(server, asked, explain) : askToChat(server, asked);
}

function askToChat(server: Server, { conversation, turn, token }: Asked): Ask {
  const { id, turns } = conversation;
  const content = turn.userContent ?? turn.text;
  const messages = [...historyOf(turns.slice(0, turns.indexOf(turn))), { role: "user" as const, content }];
  const params = { messages, thinking: turn.thinking, sampling: sampling(), conversation: id, replyId: turn.replyId };
  return async (onProgress) => {
    // What was laid out once is sent as it was: the model has read it already.
    const context = turn.userContent === undefined ? await itemsOf(turn.sources) : [];
    await wakeModel(server, token);
    return server.chat({ ...params, context }, onProgress, token);
  };
}

function askToExplain(
  server: Server,
  { conversation, turn, token }: Asked,
  { uri, ...target }: NonNullable<StoredTurn["explain"]>,
): Ask {
  const { thinking, replyId } = turn;
  const kept = { conversation: conversation.id, replyId };
  const params = { textDocument: { uri }, ...target, thinking, sampling: sampling(), followUp: true, ...kept };
  return async (onProgress) => {
    await wakeModel(server, token);
    return server.explain(
      params,
      (progress) => {
        if (progress.type === "prompt" && progress.range) rename(conversation, turn, uri, progress.range);
        onProgress(progress);
      },
      token,
    );
  };
}

/** What the cursor stands in is known when the server has looked: the turn says what is explained, not where the cursor is. */
function rename(conversation: StoredConversation, turn: StoredTurn, uri: string, range: Range): void {
  const document = openDocument(Uri.parse(uri, true));
  if (!document) return;
  const source = selectionSource(document, editorRange(range));
  const text = explaining(source);
  if (conversation.title === titleOf(turn.text)) conversation.title = titleOf(text);
  Object.assign(turn, { text, sources: [source] });
}

/** A model that was unloaded, or given up after it had failed, is wanted again by whoever asks something. */
async function wakeModel(server: Server, token: CancellationToken): Promise<void> {
  const { status } = server;
  const givenUp = status.type === "failed" && status.retryInMs === undefined;
  if (status.type === "noModel" || givenUp) await server.load(token);
}
