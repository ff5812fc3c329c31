import assert from "node:assert/strict";
import { chosenAfter, sourceOf } from "../../../../src/agent/toolChoice.ts";

const extension = (id: string, displayName: unknown, ...tools: string[]) => ({
  ...{ id, packageJSON: { displayName, contributes: { languageModelTools: tools.map((name) => ({ name })) } } },
});

describe("further tools", () => {
  it("come from an extension, an MCP server, or somewhere unknown", () => {
    const broken = { id: "x.broken", packageJSON: { contributes: { languageModelTools: "all" } } };
    const bare = { id: "x.bare", packageJSON: {} };
    const all = [broken, bare, extension("x.db", "Data\nbase", "db_query", "mcp_db"), extension("x.y", undefined, "y")];
    assert.equal(sourceOf("db_query", all), "Data base");
    assert.equal(sourceOf("y", all), "x.y");
    assert.equal(sourceOf("mcp_db", all), "Data base");
    assert.equal(sourceOf("mcp_files_read", all), "MCP");
    assert.equal(sourceOf("unknown", all), undefined);
  });

  it("stay chosen while they are not there to be chosen", () => {
    assert.deepEqual(chosenAfter(["gone", "a", "b"], ["a", "b", "c"], ["b", "c"]), ["gone", "b", "c"]);
    assert.deepEqual(chosenAfter([], ["a"], []), []);
  });
});
