/** The endpoint that the client has had started: at most one. It ends with the server. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { Engine } from "./engine/engine.ts";
import type { Endpoint } from "./http/endpoint.ts";
import { ListenError } from "./http/listen.ts";
import type { StartEndpointParams, StartEndpointResult } from "./protocol.ts";

export class EndpointHolder {
  private readonly engine: Engine;
  /** The last change; each waits for the one before. */
  private current: Promise<Endpoint | undefined> = Promise.resolve(undefined);

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Throws ResponseError RequestFailed, with what to do in `data.next`. */
  async start({ port, apiKey }: StartEndpointParams): Promise<StartEndpointResult> {
    const started = this.stopped().then(async () => {
      // Most servers never need it, and it would take them half as long again to start.
      const { startEndpoint } = await import("./http/endpoint.ts");
      return startEndpoint({ engine: this.engine, port, apiKey });
    });
    this.current = started;
    try {
      const { url } = await started;
      return { url };
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      throw new ResponseError(LSPErrorCodes.RequestFailed, error.message, { next: error.next });
    }
  }

  async stop(): Promise<void> {
    const stopped = this.stopped();
    this.current = stopped;
    await stopped;
  }

  private async stopped(): Promise<undefined> {
    const last = await this.current.catch(() => undefined);
    await last?.close();
  }
}
