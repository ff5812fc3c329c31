import assert from "node:assert/strict";
import { namedAbove } from "../../../../src/chat/namedAbove.ts";

describe("the file that is named above a code block", () => {
  const fence = "```";
  const answer = `First \`a.ts\`.\n\nIn \`src/cart.ts\`, add this:\n\n${fence}ts\nfoo();\n${fence}\n\nThen b.ts.`;
  it("is a candidate", () => assert.deepEqual(namedAbove([answer], "foo();\n"), ["src/cart.ts"]));
  it("comes from the answer that holds the code", () =>
    assert.deepEqual(namedAbove(["none.ts", answer], "foo();"), ["src/cart.ts"]));
  it("has no candidate when no file is named", () => {
    assert.deepEqual(namedAbove([`Add this:\n${fence}\nfoo();\n${fence}`], "foo();"), []);
    assert.deepEqual(namedAbove([`${fence}\nfoo();\n${fence}`], "foo();"), []);
    assert.deepEqual(namedAbove([answer], "bar();"), []);
  });
});
