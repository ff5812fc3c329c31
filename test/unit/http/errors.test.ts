import assert from "node:assert/strict";
import { EngineError } from "../../../server/engine/engine.ts";
import { ApiError, toApiError } from "../../../server/http/exchange/errors.ts";

describe("http: errors", () => {
  it("say when to retry if a retry may help", () => {
    const fields = ({ status, code, retryAfterS }: ApiError) => [status, code, retryAfterS];
    const limited = (data = {}) => fields(toApiError(new EngineError("rateLimited", "Too many.", data)));
    assert.deepEqual(limited({ retryAfterMs: 69_500 }), [429, "rate_limit_exceeded", 70]);
    assert.deepEqual(limited(), [429, "rate_limit_exceeded", 5]);
    assert.deepEqual(fields(toApiError(new EngineError("unreachable", "Gone."))), [503, "engine_unreachable", 5]);
    assert.deepEqual(fields(toApiError(new EngineError("noModel", "None."))), [503, "model_not_loaded", 5]);
    assert.deepEqual(fields(toApiError(new EngineError("badCall", "Bad."))), [500, "invalid_tool_call", undefined]);
    assert.deepEqual(fields(new ApiError(400, "No.")), [400, null, undefined]);
  });
});
