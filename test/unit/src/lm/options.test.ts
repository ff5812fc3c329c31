import assert from "node:assert/strict";
import { BadOption, replyOptions } from "../../../../src/lm/options.ts";
import { promptTsxText } from "../../../../src/lm/promptTsx.ts";

const SETTINGS = { thinking: { mode: "on", budget: 1024 } as const, sampling: { temperature: 0.3 } };
const OFF = { thinking: { mode: "off" } as const, sampling: {} };
const options = (asked: object, configured: object = {}, settings: typeof SETTINGS | typeof OFF = SETTINGS) =>
  replyOptions({ ...asked }, { ...configured }, settings);

describe("options of a reply", () => {
  it("are the settings' by default", () => {
    assert.deepEqual(options({ someone: "else's" }), { ...SETTINGS, maxTokens: undefined });
  });

  it("accept the caller's, under the names of OpenAI's API", () => {
    const asked = {
      temperature: 0,
      top_p: 0.5,
      top_k: 3,
      min_p: 0.1,
      seed: 7,
      repeat_penalty: 1.1,
      max_tokens: 9,
      stop: "x",
    };
    const { sampling, maxTokens } = options(asked);
    assert.deepEqual(sampling, {
      temperature: 0,
      topP: 0.5,
      topK: 3,
      minP: 0.1,
      seed: 7,
      repeatPenalty: 1.1,
      stop: ["x"],
    });
    assert.equal(maxTokens, 9);
    assert.deepEqual(options({ stop: ["a", "b"] }).sampling.stop, ["a", "b"]);
  });

  it("say how much to think: the caller before the model picker before the settings", () => {
    const cases: [object, object, typeof SETTINGS | typeof OFF, object][] = [
      [{}, {}, OFF, { mode: "off" }],
      [{}, { thinking: "settings" }, SETTINGS, SETTINGS.thinking],
      [{}, { thinking: "256" }, OFF, { mode: "on", budget: 256 }],
      [{}, { thinking: "off" }, SETTINGS, { mode: "off" }],
      [{ thinking: "off" }, { thinking: "256" }, SETTINGS, { mode: "off" }],
      [{ thinking: true }, { thinking: "256" }, SETTINGS, { mode: "on", budget: 256 }],
      [{ thinking: true }, {}, OFF, { mode: "on" }],
      [{ reasoning_budget: 99 }, {}, OFF, { mode: "on", budget: 99 }],
      [{ reasoning_budget: 0 }, {}, SETTINGS, { mode: "off" }],
      [{ reasoning_budget: "unlimited" }, {}, OFF, { mode: "on", budget: "unlimited" }],
      [{ thinking: false, reasoning_budget: 99 }, {}, SETTINGS, { mode: "off" }],
    ];
    for (const [asked, configured, settings, expected] of cases)
      assert.deepEqual(options(asked, configured, settings).thinking, expected, JSON.stringify([asked, configured]));
  });

  it("are refused by name when they make no sense", () => {
    const bad = [
      { temperature: "hot" },
      { top_p: -1 },
      { max_tokens: 0 },
      { max_tokens: 1.5 },
      { reasoning_budget: -1 },
      { thinking: "hard" },
      { stop: [""] },
      { seed: Number.NaN },
    ];
    for (const asked of bad) {
      const [name] = Object.keys(asked);
      assert.throws(
        () => options(asked),
        (error) => error instanceof BadOption && error.message.includes(name!),
      );
    }
  });
});

describe("results of tools that are prompt-tsx trees", () => {
  it("are read as their texts, with the line breaks that belong to them", () => {
    const line = (text: string, lineBreakBefore: boolean) => ({ type: 2, text, lineBreakBefore });
    const node = { type: 1, children: [line("a", true), { type: 1, children: [line("b", true), line("c", false)] }] };
    assert.equal(promptTsxText({ node }), "a\nbc");
    for (const odd of [undefined, null, 1, "text", {}, { node: [] }]) assert.equal(promptTsxText(odd), "");
  });
});
