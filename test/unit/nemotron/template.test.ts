/**
 * The reference is @huggingface/jinja. Its `tojson` equals that of Python's transformers except for two things. Like it,
 * the prompts write numbers as in JavaScript (1e-7; Python writes 1e-07), because the callers' values are JavaScript's.
 * Unlike it, they do not write absent properties as null. Its `strip` is JavaScript's trim, as in the prompts. Python's
 * also removes U+001C-1F and U+0085, and keeps U+FEFF.
 */
import assert from "node:assert/strict";
import type { Template } from "@huggingface/jinja";
import fc from "fast-check";
import { opening, renderPrompt } from "../../../server/nemotron/dialects/nanoV2.ts";
import type { Message, Tool } from "../../../server/protocol.ts";
import { conversation, rendered, tools } from "./conversations.ts";
import { readPublishedTemplate, renderPublished } from "./publishedTemplate.ts";

describe("nemotron: prompt against the published template", () => {
  let template: Template;
  before(() => {
    template = readPublishedTemplate();
  });

  const ours = (messages: Message[], tools: Tool[], thinking: boolean) =>
    rendered(renderPrompt(messages, tools)) + opening(thinking);

  it("is equal for random conversations, thinking on", () => {
    fc.assert(
      fc.property(conversation, tools, (messages, tools) => {
        assert.equal(ours(messages, tools, true), renderPublished(template, messages, tools));
      }),
      { numRuns: 500 },
    );
  });

  it("is equal for random conversations, thinking off", () => {
    fc.assert(
      fc.property(conversation, tools, (messages, tools) => {
        const at = messages.findLastIndex(({ role }) => role === "system" || role === "user");
        fc.pre(at >= 0);
        // The template's switch is a word in a message. The template cuts it out together with the white space around
        // it.
        const switched = messages.map((message, i) =>
          i === at ? { ...message, content: `${message.content} /no_think` } : message,
        );
        assert.equal(ours(messages, tools, false), renderPublished(template, switched, tools));
      }),
      { numRuns: 500 },
    );
  });

  describe("nemotron: prompt with a deliberate difference to the published template", () => {
    const differs = (messages: Message[], pair: { ours: string; published: string }) => {
      assert.ok(ours(messages, [], true).endsWith(pair.ours), ours(messages, [], true));
      const published = renderPublished(template, messages);
      assert.ok(published.endsWith(pair.published), published);
    };

    it("keeps /think in a text", () => {
      differs([{ role: "user", content: "Open src/thinker.ts" }], {
        ours: "<SPECIAL_11>User\nOpen src/thinker.ts\n<SPECIAL_11>Assistant\n<think>\n",
        published: "<SPECIAL_11>User\nOpen srcer.ts\n<SPECIAL_11>Assistant\n<think>\n",
      });
    });

    it("keeps /no_think in a text and does not switch thinking off", () => {
      differs([{ role: "user", content: "What does /no_think do?" }], {
        ours: "User\nWhat does /no_think do?\n<SPECIAL_11>Assistant\n<think>\n",
        published: "User\nWhat does  do?\n<SPECIAL_11>Assistant\n<think></think>",
      });
    });

    it("keeps </think> in a user's text", () => {
      differs([{ role: "user", content: "What is </think>?" }], {
        ours: "User\nWhat is </think>?\n<SPECIAL_11>Assistant\n<think>\n",
        published: "User\nWhat is <>?\n<SPECIAL_11>Assistant\n<think>\n",
      });
    });

    it("keeps such words in the system message too", () => {
      const messages: Message[] = [
        { role: "system", content: "Edit a/think.ts" },
        { role: "user", content: "Go" },
      ];
      assert.ok(ours(messages, [], true).startsWith("<SPECIAL_10>System\nEdit a/think.ts\n\n<SPECIAL_11>User\n"));
      assert.ok(renderPublished(template, messages).startsWith("<SPECIAL_10>System\nEdit a.ts\n\n<SPECIAL_11>User\n"));
    });

    it("keeps an assistant's content with </think> whole: answers come without their thoughts", () => {
      const messages: Message[] = [
        { role: "assistant", content: "It ends with `</think>`, always." },
        { role: "user", content: "Thanks" },
      ];
      differs(messages, {
        ours: "It ends with `</think>`, always.\n<SPECIAL_12>\n<SPECIAL_11>User\nThanks\n<SPECIAL_11>Assistant\n<think>\n",
        published: "Assistant\n`, always.\n<SPECIAL_12>\n<SPECIAL_11>User\nThanks\n<SPECIAL_11>Assistant\n<think>\n",
      });
    });

    it("escapes a tool's name, so that the call stays valid JSON", () => {
      const messages: Message[] = [
        { role: "assistant", content: "", toolCalls: [{ name: 'a"b', arguments: {} }] },
        { role: "tool", content: "ok" },
      ];
      const rest =
        "<SPECIAL_12>\n<SPECIAL_11>User\n<TOOL_RESPONSE>[ok]</TOOL_RESPONSE><SPECIAL_11>Assistant\n<think>\n";
      differs(messages, {
        ours: `<TOOLCALL>[{"name": "a\\"b", "arguments": {}}]</TOOLCALL>\n${rest}`,
        published: `<TOOLCALL>[{"name": "a"b", "arguments": {}}]</TOOLCALL>\n${rest}`,
      });
    });

    it("omits an absent property of a tool, where @huggingface/jinja writes null; Python has no such value", () => {
      const tool: Tool = { name: "x", description: undefined };
      const messages: Message[] = [{ role: "user", content: "Go" }];
      assert.ok(ours(messages, [tool], true).includes('<AVAILABLE_TOOLS>[{"name": "x"}]</AVAILABLE_TOOLS>'));
      assert.ok(renderPublished(template, messages, [tool]).includes('[{"name": "x", "description": null}]'));
    });
  });
});
