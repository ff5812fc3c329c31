import assert from "node:assert/strict";
import { PAGE_COMMANDS } from "../../../../media/messages.ts";
import { ErrorCode } from "../../../../server/protocol.ts";
import { problemIn, problemOf } from "../../../../src/errors/problems.ts";
import { remediesFor, remedyTitles } from "../../../../src/errors/remedies.ts";
import { failureOf } from "../../../../src/errors/replyFailure.ts";
import {
  cancelled,
  ServerError,
  type ServerErrorCode,
  serverDied,
  toServerError,
} from "../../../../src/errors/serverError.ts";

describe("errors of the server", () => {
  it("have the contract's names, with their facts", () => {
    for (const [name, code] of Object.entries(ErrorCode)) {
      const data = { name, reason: "It broke.", next: "Mend it.", promptTokens: 9, contextTokens: 8, other: "no" };
      const error = toServerError({ code, message: "It went wrong.", data });
      assert.ok(error instanceof ServerError);
      assert.equal(error.code, name);
      // This error has a message of the window's own (refusal.test.ts).
      if (name === "otherVersion") continue;
      assert.equal(error.message, "It went wrong.");
      assert.deepEqual(error.data, { reason: "It broke.", next: "Mend it.", promptTokens: 9, contextTokens: 8 });
    }
  });

  it("distinguish cancellation and the end of the process from everything else", () => {
    const codeOf = (error: unknown) => toServerError(error).code;
    for (const code of [-32800, -32802]) assert.equal(codeOf({ code, message: "x" }), "cancelled");
    for (const code of [-32099, -32098, -32097, -32096]) assert.equal(codeOf({ code, message: "x" }), "serverDied");
    // The connection's own numbers for closed and disposed are those of noModel and loadFailed.
    for (const code of [1, 2]) assert.equal(codeOf({ code, message: "Connection is closed." }), "serverDied");
    assert.equal(codeOf({ code: -32602, message: "Invalid params" }), "internal");
    assert.equal(codeOf({ code: 7, message: "x", data: { name: "toString" } }), "internal");
  });

  it("accept any thrown value", () => {
    assert.equal(toServerError("a text").message, "a text");
    assert.equal(toServerError(undefined).code, "internal");
    assert.equal(toServerError(new Error("It broke.")).message, "It broke.");
    const error = cancelled();
    assert.equal(toServerError(error), error);
  });
});

describe("the message to users", () => {
  it("consists of what happened, what to do, and commands that do it", () => {
    const failed = new ServerError("loadFailed", "It does not fit.", { next: "Try a smaller context." });
    assert.deepEqual(problemOf(failed, true), {
      message: "It does not fit. Try a smaller context.",
      remedies: ["chooseModel", "showLog"],
    });
    assert.deepEqual(problemOf(serverDied(), true)!.remedies, ["restartServer", "showLog"]);
    assert.deepEqual(problemOf(new Error("Open a file."), true), { message: "Open a file.", remedies: [] });
  });

  it("depends on whether a model was chosen", () => {
    const none = new ServerError("noModel", "No model is loaded.");
    assert.deepEqual(problemOf(none, true)!.remedies, ["loadModel"]);
    assert.deepEqual(problemOf(none, false)!.remedies, ["chooseModel", "getModel"]);
  });

  it("leads to the access token when that is missing, and to the list of models after a failed download", () => {
    assert.deepEqual(problemOf(new ServerError("accessDenied", "No."), true)!.remedies, [
      "setAccessToken",
      "chooseModel",
    ]);
    for (const code of ["diskFull", "notVerified"] as const)
      assert.deepEqual(problemOf(new ServerError(code, "No."), true)!.remedies, ["chooseModel"]);
    const failed = problemOf(new ServerError("downloadFailed", "No."), true)!;
    assert.deepEqual(failed.remedies, ["getModel", "chooseModel"]);
    assert.equal(failed.titles?.getModel, "Try Again");
  });

  it("is nothing when they have cancelled", () => {
    assert.equal(problemOf(cancelled(), true), undefined);
  });

  it("covers an engine that failed and a server that is down, and nothing else", () => {
    const state = { reason: "It ended.", next: "Load it again." };
    assert.equal(problemIn({ type: "failed", ...state })!.message, "It ended. Load it again.");
    assert.deepEqual(problemIn({ type: "down", ...state })!.remedies, ["restartServer", "showLog"]);
    assert.equal(problemIn({ type: "asleep" }), undefined);
    assert.equal(problemIn({ type: "noModel" }), undefined);
  });

  it("leads to the remedies for a remote engine", () => {
    const remedies = (code: ServerErrorCode, cause?: string) =>
      problemOf(new ServerError(code, "m", { cause }), true)!.remedies;
    assert.deepEqual(remedies("loadFailed", "unauthorized"), ["setRemoteKey", "useLocal"]);
    assert.deepEqual(remedies("unreachable"), ["connectRemote", "useLocal"]);
    assert.deepEqual(remedies("notAllowed"), ["loadModel", "useLocal"]);
    const failed = { type: "failed", reason: "It refused.", next: "Start it." } as const;
    assert.ok(problemIn(failed, true)!.remedies.includes("useLocal"));
    assert.ok(problemIn(failed)!.remedies.includes("chooseModel"));
  });

  it("has the same remedies in a notification and in the chat, whatever went wrong", () => {
    for (const name of Object.keys(ErrorCode) as ServerErrorCode[]) {
      const error = new ServerError(name, "It went wrong.", { next: "Mend it." });
      const { remedies } = problemOf(error, false)!;
      assert.deepEqual(remedies, remediesFor(error));
      const { actions } = failureOf(error).error!;
      // Only the chat has newChat, and it does not have setAccessToken.
      if (name === "contextOverflow") assert.deepEqual(actions, ["newChat"]);
      else
        assert.deepEqual(
          actions,
          remedies.filter((remedy) => remedy !== "setAccessToken"),
          name,
        );
      for (const action of actions) assert.ok(PAGE_COMMANDS.includes(action));
    }
    const notAllowed = new ServerError("notAllowed", "Nothing was sent.");
    assert.deepEqual(failureOf(notAllowed).error!.actions, ["useLocal"]);
  });

  it("holds no links, which a model's name or a path could bring in", () => {
    const reason = "The file /models/[here](command:workbench.action.quit).gguf does not exist.";
    const texts = [
      problemOf(new Error(reason), true)!.message,
      problemOf(new ServerError("loadFailed", reason), true)!.message,
      problemIn({ type: "failed", reason, next: "Choose another." })!.message,
    ];
    for (const text of texts) assert.doesNotMatch(text, /\]\(/);
  });

  it("has a title for each remedy", () => {
    for (const title of Object.values(remedyTitles())) assert.match(title, /^[A-Z]/);
  });
});
