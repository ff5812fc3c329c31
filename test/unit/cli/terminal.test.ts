import assert from "node:assert/strict";
import { explainError } from "../../../server/cli/explainError.ts";
import { isStyled } from "../../../server/cli/terminal.ts";
import { EngineError } from "../../../server/engine/engine.ts";

describe("cli: terminal output", () => {
  const { TERM, NO_COLOR } = process.env;
  afterEach(() => {
    for (const [name, value] of Object.entries({ TERM, NO_COLOR }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });

  it("is styled only in a terminal that supports it, if the user wants it", () => {
    process.env.TERM = "xterm";
    delete process.env.NO_COLOR;
    assert.equal(isStyled({ isTTY: true }), true);
    process.env.NO_COLOR = "";
    assert.equal(isStyled({ isTTY: true }), true);
    process.env.NO_COLOR = "1";
    assert.equal(isStyled({ isTTY: true }), false);
    delete process.env.NO_COLOR;
    process.env.TERM = "dumb";
    assert.equal(isStyled({ isTTY: true }), false);
    process.env.TERM = "xterm";
    assert.equal(isStyled({ isTTY: undefined as unknown as boolean }), false);
  });

  it("names a command's own options when an error names settings", () => {
    const error = new EngineError("downloadFailed", "No.", { next: "Check nemotron.download.mirror." });
    assert.equal(explainError(error), "No. Check --mirror.");
    for (const text of ["Set nemotron.npmRegistry to", "Check the setting nemotron.npmRegistry."])
      assert.match(explainError(new Error(text)), /--registry/);
  });

  it("describes file system errors in words", () => {
    const error = Object.assign(new Error("ENOTDIR: not a directory, scandir '/a/b'"), {
      code: "ENOTDIR",
      syscall: "scandir",
      path: "/a/b",
    });
    assert.equal(explainError(error), "/a/b leads through a file that is not a folder.");
  });
});
