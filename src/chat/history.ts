/** The list of this workspace's conversations, to open, rename and delete them. */
import { t } from "@vscode/l10n";
import { type QuickInputButton, type QuickPickItem, ThemeIcon, window, workspace } from "vscode";
import { displayLanguage } from "../text/locale.ts";
import { askForText } from "../typing/askForText.ts";
import { openInput } from "../typing/openInput.ts";
import type { Chat } from "./chat.ts";
import type { StoredConversation } from "./conversation.ts";
import { toMarkdown } from "./markdown.ts";
import type { ConversationStore } from "./store.ts";

type Choice = QuickPickItem & {
  conversation: StoredConversation;
  /** Rename, delete. */
  buttons: [QuickInputButton, QuickInputButton];
};

/** Resolves when the list is shown. */
export async function showHistory(chat: Chat, store: ConversationStore): Promise<void> {
  const pick = window.createQuickPick<Choice>();
  pick.title = t("Chats of this workspace");
  pick.placeholder = t("Type to search, Enter to open");
  pick.matchOnDescription = true;
  const refresh = async () => {
    pick.items = (await store.list()).map((conversation) => choice(conversation, chat.current.id));
    if (pick.items.length === 0) pick.placeholder = t("No chats yet");
  };
  pick.onDidTriggerItemButton(async ({ button, item: { conversation, buttons } }) => {
    // A dialog closes the list.
    if (button === buttons[0]) return renameChat(chat, conversation);
    await deleteChat(chat, conversation);
  });
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    pick.hide();
    if (chosen) void chat.open(chosen.conversation.id);
  });
  pick.onDidHide(() => pick.dispose());
  openInput(pick);
  await refresh();
}

/** Asks for a title. Throws an Error in words for the user if the chat is empty. */
export async function renameChat(chat: Chat, conversation = chat.current): Promise<void> {
  if (conversation.turns.length === 0) throw new Error(t("This chat is empty. Its first question gives it a name."));
  const title = await askForText({ title: t("Rename the chat"), value: conversation.title });
  if (title?.trim()) chat.rename(conversation, title);
}

/** Asks for confirmation first. */
export async function deleteChat(chat: Chat, conversation = chat.current): Promise<void> {
  if (conversation.turns.length === 0) return;
  const question = t('Delete the chat "{0}"?', conversation.title);
  const detail = t("This cannot be undone.");
  const confirmed = t("Delete");
  if ((await window.showWarningMessage(question, { modal: true, detail }, confirmed)) === confirmed)
    await chat.delete(conversation.id);
}

/** Opens the chat as an unsaved Markdown document. Throws an Error in words for the user if the chat is empty. */
export async function exportChat({ current }: Chat): Promise<void> {
  if (current.turns.length === 0) throw new Error(t("There is nothing to export yet."));
  const document = await workspace.openTextDocument({ language: "markdown", content: toMarkdown(current) });
  await window.showTextDocument(document);
}

function choice(conversation: StoredConversation, current: string): Choice {
  const { id, title, turns, updated } = conversation;
  const count = turns.length === 1 ? t("1 question") : t("{0} questions", turns.length);
  return {
    label: id === current ? `$(comment-discussion) ${title}` : title,
    description: `${new Date(updated).toLocaleString(displayLanguage())} · ${count}`,
    buttons: [
      { iconPath: new ThemeIcon("edit"), tooltip: t("Rename") },
      { iconPath: new ThemeIcon("trash"), tooltip: t("Delete") },
    ],
    conversation,
  };
}
