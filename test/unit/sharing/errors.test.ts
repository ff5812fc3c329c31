import assert from "node:assert/strict";
import { ErrorCodes, ResponseError } from "vscode-languageserver/node";
import { EngineError } from "../../../server/engine/engine.ts";
import { fromResponseError, toResponseError } from "../../../server/sharing/errors.ts";

const codeOf = (error: Error) => (error instanceof EngineError ? error.code : undefined);

describe("errors between the engine's host and its clients", () => {
  it("arrive with their code and data", () => {
    const sent = new EngineError("contextOverflow", "Too long.", { promptTokens: 9 });
    const arrived = fromResponseError(toResponseError(sent, false));
    assert.equal(codeOf(arrived), "contextOverflow");
    assert.deepEqual((arrived as EngineError).data, { promptTokens: 9 });
  });

  it("are engineCrashed when the connection broke, in whichever direction", () => {
    const broken = [
      new ResponseError(ErrorCodes.MessageWriteError, "write EPIPE"),
      new ResponseError(ErrorCodes.PendingResponseRejected, "Pending response rejected"),
      new Error("Connection is closed."),
    ];
    for (const error of broken) {
      const arrived = fromResponseError(error);
      assert.equal(codeOf(arrived), "engineCrashed");
      assert.ok((arrived as EngineError).data.next);
    }
  });
});
