import assert from "node:assert/strict";
import fc from "fast-check";
import { readFromHost } from "../../../media/host/fromHost.ts";
import { ALL_STATES, APPROVAL, agentTurn, ROWS, SUMMARY } from "../../page/agentStates.ts";
import { STATES } from "../../page/states.ts";

describe("messages from the host", () => {
  it("are accepted in every state", () => {
    for (const message of Object.values(ALL_STATES).flat()) assert.ok(readFromHost(message), JSON.stringify(message));
    assert.ok(readFromHost({ type: "theme", theme: undefined }));
    assert.ok(readFromHost({ type: "focus" }));
    assert.ok(readFromHost({ type: "files", request: 1, files: [{ uri: "file:///a", name: "a", folder: "" }] }));
  });

  it("are refused if they are any other value", () => {
    fc.assert(fc.property(fc.anything(), (value) => !readFromHost(value)));
  });

  it("are refused when any part is missing or of another type", () => {
    const message = STATES.done!.find(({ type }) => type === "conversation")!;
    const [turn] = (message as Extract<typeof message, { type: "conversation" }>).conversation.turns;
    for (const key of Object.keys(turn!).filter((key) => key !== "reply"))
      assert.ok(!readFromHost({ type: "turn", title: "", turn: { ...turn, [key]: null } }), key);
    for (const key of Object.keys(turn!.reply))
      assert.ok(
        !readFromHost({ type: "turn", title: "", turn: { ...turn, reply: { ...turn!.reply, [key]: null } } }),
        key,
      );
  });

  it("about the agent are refused when any part is missing or of another type", () => {
    const turn = agentTurn({ summary: SUMMARY, approval: APPROVAL });
    const { agent } = turn;
    const refused = (agent: object) => !readFromHost({ type: "turn", title: "", turn: { ...turn, agent } });
    assert.ok(!refused(agent!));
    for (const row of ROWS)
      for (const key of Object.keys(row)) assert.ok(refused({ rows: [{ ...row, [key]: null }] }), key);
    for (const part of ["summary", "approval"] as const)
      for (const key of Object.keys(agent![part]!))
        assert.ok(refused({ ...agent, [part]: { ...agent![part], [key]: null } }), key);
  });

  it("take nothing from a prototype", () => {
    assert.ok(!readFromHost(Object.create({ type: "focus" })));
    assert.ok(!readFromHost({ type: "toString" }));
  });
});
