/** Conversations that a client continues by `previous_response_id`. They are kept in memory alone. */
import type { Item } from "./body.ts";

const MAX_RESPONSES = 128;
/** All items together, characters of JSON. */
const MAX_CHARS = 32 * 1024 ** 2;

type Stored = { client: string; items: Item[]; chars: number };

export class ResponseStore {
  /** Oldest first. */
  private readonly stored = new Map<string, Stored>();
  private chars = 0;

  /** The conversation up to a response of this client. */
  get(id: string, client: string): Item[] | undefined {
    const found = this.stored.get(id);
    return found?.client === client ? found.items : undefined;
  }

  /** The oldest conversations make room. */
  set(id: string, client: string, items: Item[]): void {
    const chars = JSON.stringify(items).length;
    this.stored.set(id, { client, items, chars });
    this.chars += chars;
    for (const [old, { chars: freed }] of this.stored) {
      if (this.stored.size <= MAX_RESPONSES && this.chars <= MAX_CHARS) break;
      this.stored.delete(old);
      this.chars -= freed;
    }
  }
}
