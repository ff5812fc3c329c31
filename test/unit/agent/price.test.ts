/** The tokens of the agent's prompt and tools, before the user's first word. */
import assert from "node:assert/strict";
import { AGENT_PROMPT } from "../../../server/agent/prompt.ts";
import { toolsFor } from "../../../server/agent/tools/tools.ts";
import { systemText } from "../../../server/nemotron/dialects/nanoV2.ts";

/** For text like this, with the 9B's vocabulary: fewer characters per token than in prose. */
const CHARS_PER_TOKEN = 3.5;
const MAX_TOKENS = 1200;

describe("the agent's prompt", () => {
  it(`takes at most ${MAX_TOKENS} tokens with its tools, by its characters`, () => {
    const text = systemText(AGENT_PROMPT, toolsFor({ run: async () => ({}) }));
    const tokens = Math.ceil(text.length / CHARS_PER_TOKEN);
    assert.ok(tokens <= MAX_TOKENS, `${text.length} characters, ${tokens} tokens`);
  });

  it("is the same in every project and on every day", () => {
    assert.doesNotMatch(AGENT_PROMPT, /\d{4}|\/home|[A-Z]:\\/);
  });
});
