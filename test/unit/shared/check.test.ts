import assert from "node:assert/strict";
import { ResponseError } from "vscode-languageserver";
import * as z from "zod";
import { checkParams } from "../../../server/shared/check.ts";

describe("a request's parameters", () => {
  it("are refused if they are nested so deeply that no other process could be sent them", () => {
    const nested = (depth: number) => JSON.parse(`{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`) as object;
    assert.deepEqual(checkParams(z.looseObject({}), nested(128)), nested(128));
    for (const depth of [129, 100_000])
      assert.throws(
        () => checkParams(z.looseObject({}), nested(depth)),
        (error) => error instanceof ResponseError && /nested too deeply/.test(error.message),
      );
  });
});
