/** Deleted conversations that no server has been told of yet. None is started for that. */
import type { Memento } from "vscode";
import { Method } from "../../server/protocol.ts";
import type { Connection } from "./connection.ts";
import type { ServerLifecycle } from "./lifecycle.ts";

/** The key of their ids in the state of the workspace. */
const KEY = "chat.forgotten";

export class DeletedConversations {
  private readonly lives: Pick<ServerLifecycle, "running">;
  private readonly memento: Memento;

  constructor(lives: Pick<ServerLifecycle, "running">, memento: Memento) {
    this.lives = lives;
    this.memento = memento;
  }

  /** Has the server delete what it keeps of the conversation: now, or when one runs again. */
  async add(conversation: string): Promise<void> {
    await this.memento.update(KEY, [...this.waiting, conversation]);
    const connection = await this.lives.running();
    if (connection) await this.connected(connection);
  }

  /** Tells a server that has started. */
  async connected(connection: Pick<Connection, "request">): Promise<void> {
    for (const conversation of this.waiting) {
      try {
        await connection.request(Method.forget, { conversation });
      } catch {
        // The next server is told.
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
