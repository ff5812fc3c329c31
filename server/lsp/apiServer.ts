/** Holds the one API server that the client can start. The server ends with the language server. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { Engine } from "../engine/engine.ts";
import type { ApiServer } from "../http/apiServer.ts";
import { ListenError } from "../http/listen.ts";
import type { StartEndpointParams, StartEndpointResult } from "../protocol.ts";

export class ApiServerHolder {
  private readonly engine: Engine;
  /** The result of the last change. Each change waits for the one before it. */
  private current: Promise<ApiServer | undefined> = Promise.resolve(undefined);

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Throws ResponseError RequestFailed; `data.next` says what to do. */
  async start({ port, apiKey }: StartEndpointParams): Promise<StartEndpointResult> {
    const started = this.stopped().then(async () => {
      // Imported on demand: most servers never need it, and it would make the start half as long again.
      const { startApiServer } = await import("../http/apiServer.ts");
      return startApiServer({ engine: this.engine, port, apiKey });
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

  /** Does nothing if no API server runs. */
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
