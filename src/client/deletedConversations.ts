/** Deleted conversations that the server does not know of yet. No server is started for them. */
import type { Memento } from "vscode";
import { Method } from "../../server/protocol.ts";
import type { Connection } from "./connection.ts";
import type { ServerLifecycle } from "./lifecycle.ts";

/** The key of their ids in the state of the workspace. */
const KEY = "chat.forgotten";

export class DeletedConversations {
  private readonly lifecycle: Pick<ServerLifecycle, "running">;
  private readonly memento: Memento;

  constructor(lifecycle: Pick<ServerLifecycle, "running">, memento: Memento) {
    this.lifecycle = lifecycle;
    this.memento = memento;
  }

  /** Makes the server delete what it keeps of the conversation: now, or when one runs again. */
  async add(conversation: string): Promise<void> {
    await this.memento.update(KEY, [...this.waiting, conversation]);
    const connection = await this.lifecycle.running();
    if (connection) await this.connected(connection);
  }

  /** Sends the waiting ids to a server that has started. */
  async connected(connection: Pick<Connection, "request">): Promise<void> {
    for (const conversation of this.waiting) {
      try {
        await connection.request(Method.forget, { conversation });
      } catch {
        // The next server gets it.
        return;
      }
      await this.memento.update(
        KEY,
        this.waiting.filter((other) => other !== conversation),
      );
    }
  }

  private get waiting(): string[] {
    return this.memento.get<string[]>(KEY, []);
  }
}
