/** Builds the request for a turn's reply. */
import { type CancellationToken, Uri } from "vscode";
import type { Range } from "vscode-languageclient";
import type { Server } from "../client/server.ts";
import { wakeModel } from "../client/wakeModel.ts";
import { sampling } from "../config.ts";
import { itemsOf, openDocument, selectionSource } from "../context/sources.ts";
import { editorRange } from "../editor/lsp.ts";
import { explainQuestion, historyOf, type StoredConversation, type StoredTurn, titleOf } from "./conversation.ts";
import type { StartRequest } from "./runningReply.ts";

export type TurnRequest = { conversation: StoredConversation; turn: StoredTurn; token: CancellationToken };

/** Continues an answer, explains code, or asks the question of the turn. */
export function requestFor(server: Server, asked: TurnRequest): StartRequest {
  const { explain, userContent, continues } = asked.turn;
  if (continues !== undefined) return askToContinue(server, asked, continues);
  return explain && userContent === undefined ? askToExplain(server, asked, explain) : askToChat(server, asked);
}

function askToChat(server: Server, { conversation, turn, token }: TurnRequest): StartRequest {
  const { id, turns } = conversation;
  const content = turn.userContent ?? turn.text;
  const messages = [...historyOf(turns.slice(0, turns.indexOf(turn))), { role: "user" as const, content }];
  const { thinking, replyId } = turn;
  const params = { messages, thinking, sampling: sampling(), conversation: id, replyId, compact: true };
  return async (onProgress) => {
    // A prompt that was laid out once is sent unchanged: the model has already read it.
    const context = turn.userContent === undefined ? await itemsOf(turn.sources) : [];
    await wakeModel(server, token);
    return server.chat({ ...params, context }, onProgress, token);
  };
}

/** An instruction to the model that does not become part of the conversation. */
const CONTINUE =
  "Your answer was cut off. Continue it exactly where it stopped. Repeat nothing, and write nothing before the continuation.";

function askToContinue(server: Server, { conversation, turn, token }: TurnRequest, continues: string): StartRequest {
  const { id, turns } = conversation;
  const messages = [
    ...historyOf(turns.slice(0, turns.indexOf(turn))),
    { role: "user" as const, content: turn.userContent ?? turn.text },
    { role: "assistant" as const, content: continues },
    { role: "user" as const, content: CONTINUE },
  ];
  const params = { messages, thinking: turn.thinking, sampling: sampling(), conversation: id, replyId: turn.replyId };
  return async (onProgress) => {
    await wakeModel(server, token);
    return server.chat(params, onProgress, token);
  };
}

function askToExplain(
  server: Server,
  { conversation, turn, token }: TurnRequest,
  { uri, ...target }: NonNullable<StoredTurn["explain"]>,
): StartRequest {
  const { thinking, replyId } = turn;
  const ids = { conversation: conversation.id, replyId };
  const params = { textDocument: { uri }, ...target, thinking, sampling: sampling(), followUp: true, ...ids };
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

/** The server finds what the cursor is in. The turn then names what is explained, not where the cursor is. */
function rename(conversation: StoredConversation, turn: StoredTurn, uri: string, range: Range): void {
  const document = openDocument(Uri.parse(uri, true));
  if (!document) return;
  const source = selectionSource(document, editorRange(range));
  const text = explainQuestion(source);
  if (conversation.title === titleOf(turn.text)) conversation.title = titleOf(text);
  Object.assign(turn, { text, sources: [source] });
}
