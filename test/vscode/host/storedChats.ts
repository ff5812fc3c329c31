/** Reads the conversations that the extension keeps on disk. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { StoredConversation } from "../../../src/chat/conversation.ts";
import { entriesBelow, pathOf } from "../../support/entriesBelow.ts";

/** The conversation that changed last comes first. @param data the host's folder of user data. */
export function storedChats(data: string): StoredConversation[] {
  return filesBelow(path.join(data, "User/workspaceStorage"))
    .filter((file) => path.basename(path.dirname(file)) === "chats" && file.endsWith(".json"))
    .map((file): StoredConversation => JSON.parse(readFileSync(file, "utf8")))
    .sort((a, b) => b.updated - a.updated);
}

export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return entriesBelow(folder)
    .filter((entry) => entry.isFile())
    .map(pathOf);
}
