/** What the user wants where others use another model, or the same with other settings: asked once, and remembered for as long as the settings stay. */
import type { Memento } from "vscode";
import type { LoadParams, LocalLoad } from "../../server/protocol.ts";
import { LOCAL_SETTINGS } from "../server/reload.ts";
import type { ServerError } from "../serverError.ts";

/** Under this key the workspace remembers with which settings the user has taken what is loaded instead. */
const JOINED = "sharing.joined";

export type WhenOther = LocalLoad["whenOther"];

export class Joining {
  private readonly memento: Memento;
  /** What has been asked in this window: nobody is asked again because a server was started again. */
  private readonly asked = new Set<string>();

  constructor(memento: Memento) {
    this.memento = memento;
  }

  /** What is to happen without a question. */
  whenOther(params: LoadParams): WhenOther {
    return this.memento.get(JOINED) === keyOf(params) ? "join" : undefined;
  }

  /** A model that is put in the place of another is the one that is loaded: of that nothing has to be remembered. */
  async decide(params: LoadParams, whenOther: WhenOther): Promise<void> {
    if (whenOther === "join") await this.memento.update(JOINED, keyOf(params));
    if (whenOther === "replace") await this.memento.update(JOINED, undefined);
  }

  /** Whether the user has not been asked this yet; from now on they have. */
  isNew({ code, data }: ServerError, params: LoadParams): boolean {
    const question = [code, data.loaded, keyOf(params)].join("\n");
    if (this.asked.has(question)) return false;
    this.asked.add(question);
    return true;
  }
}

const keyOf = (params: LoadParams) => JSON.stringify(LOCAL_SETTINGS.map((key) => params[key] ?? null));
