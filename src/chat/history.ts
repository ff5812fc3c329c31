/** The conversations of this workspace: opened, renamed and deleted from one list. */
import { type QuickInputButton, type QuickPickItem, ThemeIcon, window, workspace } from "vscode";
import type { Chat } from "./chat.ts";
import type { StoredConversation } from "./conversation.ts";
import { toMarkdown } from "./markdown.ts";
import type { ConversationStore } from "./store.ts";

const RENAME: QuickInputButton = { iconPath: new ThemeIcon("edit"), tooltip: "Rename" };
const DELETE: QuickInputButton = { iconPath: new ThemeIcon("trash"), tooltip: "Delete" };

type Choice = QuickPickItem & { conversation: StoredConversation };

export async function showHistory(chat: Chat, store: ConversationStore): Promise<void> {
  const pick = window.createQuickPick<Choice>();
  pick.title = "Chats of this workspace";
  pick.placeholder = "Type to search, Enter to open";
  pick.matchOnDescription = true;
  const refresh = async () => {
    pick.items = (await store.list()).map((conversation) => choice(conversation, chat.current.id));
    if (pick.items.length === 0) pick.placeholder = "No chats yet";
  };
  pick.onDidTriggerItemButton(async ({ button, item: { conversation } }) => {
    // A dialog closes the list.
    if (button === RENAME) return renameChat(chat, conversation);
    await deleteChat(chat, conversation);
  });
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    pick.hide();
    if (chosen) void chat.open(chosen.conversation.id);
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
  await refresh();
}

export async function renameChat(chat: Chat, conversation = chat.current): Promise<void> {
  if (conversation.turns.length === 0) throw new Error("This chat is empty; its first question will name it.");
  const title = await window.showInputBox({ title: "Rename the chat", value: conversation.title });
  if (title?.trim()) chat.rename(conversation, title);
}

export async function deleteChat(chat: Chat, conversation = chat.current): Promise<void> {
  if (conversation.turns.length === 0) return;
  const question = `Delete the chat "${conversation.title}"?`;
  const detail = "It cannot be brought back.";
  if ((await window.showWarningMessage(question, { modal: true, detail }, "Delete")) === "Delete")
    await chat.delete(conversation.id);
}

/** As a document that the user may save, or not. */
export async function exportChat({ current }: Chat): Promise<void> {
  if (current.turns.length === 0) throw new Error("There is nothing to export yet.");
  const document = await workspace.openTextDocument({ language: "markdown", content: toMarkdown(current) });
  await window.showTextDocument(document);
}

function choice(conversation: StoredConversation, current: string): Choice {
  const { id, title, turns, updated } = conversation;
  const count = turns.length === 1 ? "1 question" : `${turns.length} questions`;
  return {
    label: id === current ? `$(comment-discussion) ${title}` : title,
    description: `${new Date(updated).toLocaleString()} · ${count}`,
    buttons: [RENAME, DELETE],
    conversation,
  };
}
