import assert from "node:assert/strict";
import { EngineError } from "../../../server/engine/engine.ts";
import { ApiError, toApiError } from "../../../server/http/errors.ts";

describe("http: errors", () => {
  it("say when to come again where that may help", () => {
    const told = ({ status, code, retryAfterS }: ApiError) => [status, code, retryAfterS];
    const limited = (data = {}) => told(toApiError(new EngineError("rateLimited", "Too many.", data)));
    assert.deepEqual(limited({ retryAfterMs: 69_500 }), [429, "rate_limit_exceeded", 70]);
    assert.deepEqual(limited(), [429, "rate_limit_exceeded", 5]);
    assert.deepEqual(told(toApiError(new EngineError("unreachable", "Gone."))), [503, "engine_unreachable", 5]);
    assert.deepEqual(told(toApiError(new EngineError("noModel", "None."))), [503, "model_not_loaded", 5]);
    assert.deepEqual(told(toApiError(new EngineError("badCall", "Bad."))), [500, "invalid_tool_call", undefined]);
    assert.deepEqual(told(new ApiError(400, "No.")), [400, null, undefined]);
  });
});
