/** Conversations that have been deleted, until a server has heard of it: none is started for that. */
import type { Memento } from "vscode";
import { Method } from "../../server/protocol.ts";
import type { Connection } from "./connection.ts";
import type { Lives } from "./lives.ts";

/** Under this key the workspace remembers their ids. */
const KEY = "chat.forgotten";

export class Forgotten {
  private readonly lives: Pick<Lives, "running">;
  private readonly memento: Memento;

  constructor(lives: Pick<Lives, "running">, memento: Memento) {
    this.lives = lives;
    this.memento = memento;
  }

  /** What the server keeps of the conversation goes, now or when there is a server again. */
  async add(conversation: string): Promise<void> {
    await this.memento.update(KEY, [...this.waiting, conversation]);
    const connection = await this.lives.running();
    if (connection) await this.connected(connection);
  }

  /** There is a server to tell. */
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
