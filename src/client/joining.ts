/** What to do when others use another model, or the same with other settings. The user is asked once per settings. */
import type { Memento } from "vscode";
import type { LoadParams, LocalLoad } from "../../server/protocol.ts";
import type { ServerError } from "../errors/serverError.ts";
import { LOCAL_SETTINGS } from "./reload.ts";

/** The key, in the state of the workspace, of the settings for which the user joined the loaded model. */
const JOINED = "sharing.joined";

/** What a load does if other programs use another model; see the protocol. */
export type WhenOther = LocalLoad["whenOther"];

export class Joining {
  private readonly memento: Memento;
  /** The questions asked in this window. A restarted server does not ask again. */
  private readonly asked = new Set<string>();

  constructor(memento: Memento) {
    this.memento = memento;
  }

  /** What to do without asking. */
  whenOther(params: LoadParams): WhenOther {
    return this.memento.get(JOINED) === keyOf(params) ? "join" : undefined;
  }

  /** Remembers that the user joined. A replaced model is the loaded one, so nothing needs to be remembered. */
  async decide(params: LoadParams, whenOther: WhenOther): Promise<void> {
    if (whenOther === "join") await this.memento.update(JOINED, keyOf(params));
    if (whenOther === "replace") await this.memento.update(JOINED, undefined);
  }

  /** Whether this question is new in this window. Records it as asked. */
  isNew({ code, data }: ServerError, params: LoadParams): boolean {
    const question = [code, data.loaded, keyOf(params)].join("\n");
    if (this.asked.has(question)) return false;
    this.asked.add(question);
    return true;
  }
}

const keyOf = (params: LoadParams) => JSON.stringify(LOCAL_SETTINGS.map((key) => params[key] ?? null));
