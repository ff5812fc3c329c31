import assert from "node:assert/strict";
import fc from "fast-check";
import { isToPage } from "../../../media/page/shape.ts";
import { STATES } from "../../page/states.ts";

describe("the shape of messages", () => {
  it("is that of every message of the states", () => {
    for (const message of Object.values(STATES).flat()) assert.ok(isToPage(message), JSON.stringify(message));
    assert.ok(isToPage({ type: "theme", theme: undefined }));
    assert.ok(isToPage({ type: "focus" }));
    assert.ok(isToPage({ type: "files", request: 1, files: [{ uri: "file:///a", name: "a", folder: "" }] }));
  });

  it("is not that of anything else", () => {
    fc.assert(fc.property(fc.anything(), (value) => !isToPage(value)));
  });

  it("is lost when any part is missing or of another type", () => {
    const message = STATES.done!.find(({ type }) => type === "conversation")!;
    const [turn] = (message as Extract<typeof message, { type: "conversation" }>).conversation.turns;
    for (const key of Object.keys(turn!).filter((key) => key !== "reply"))
      assert.ok(!isToPage({ type: "turn", title: "", turn: { ...turn, [key]: null } }), key);
    for (const key of Object.keys(turn!.reply))
      assert.ok(!isToPage({ type: "turn", title: "", turn: { ...turn, reply: { ...turn!.reply, [key]: null } } }), key);
  });

  it("takes nothing from a prototype", () => {
    assert.ok(!isToPage(Object.create({ type: "focus" })));
    assert.ok(!isToPage({ type: "toString" }));
  });
});
