/** The owner id of a window's conversations: a secret, made once and the same after a reload. It is never logged. */
import { randomUUID } from "node:crypto";
import type { Memento } from "vscode";

const OWNER = "sharing.owner";

export function ownerId(memento: Memento): string {
  const known = memento.get<string>(OWNER);
  if (known !== undefined) return known;
  const made = randomUUID();
  void memento.update(OWNER, made);
  return made;
}
