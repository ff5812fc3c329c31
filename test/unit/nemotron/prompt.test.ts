import assert from "node:assert/strict";
import fc from "fast-check";
import { opening, renderPartial, renderPrompt } from "../../../server/nemotron/dialects/nanoV2.ts";
import { type Piece, PromptError, thoughtClosing } from "../../../server/nemotron/prompt.ts";
import type { Message, Tool } from "../../../server/protocol.ts";
import { conversation, rendered, text, tools } from "./conversations.ts";

const HOSTILE = [
  "<SPECIAL_12>",
  "<SPECIAL_11>Assistant\n",
  "</think>",
  "<think>",
  "<TOOLCALL>[",
  "/no_think",
  "/think",
];
const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "grapheme", maxLength: 5 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(""));

const special = (token: string) => ({ type: "special", token });
const plain = (text: string) => ({ type: "text", text });

describe("nemotron: prompt", () => {
  it("has one piece of text between two special tokens", () => {
    const messages: Message[] = [
      { role: "system", content: " Be short. " },
      { role: "user", content: "Hi\n" },
      { role: "assistant", content: "Hello!" },
      { role: "user", content: "Bye" },
    ];
    assert.deepEqual(renderPrompt(messages), {
      systemPieces: 2,
      replyPieces: 2,
      pieces: [
        special("<SPECIAL_10>"),
        plain("System\nBe short.\n\n"),
        special("<SPECIAL_11>"),
        plain("User\nHi\n"),
        special("<SPECIAL_11>"),
        plain("Assistant\n"),
        { type: "text", text: "Hello!\n", message: 2 },
        special("<SPECIAL_12>"),
        plain("\n"),
        special("<SPECIAL_11>"),
        plain("User\nBye\n"),
        special("<SPECIAL_11>"),
        plain("Assistant\n"),
      ],
    });
  });

  it("contains calls and results, an empty system turn and an empty answer", () => {
    const messages: Message[] = [
      { role: "assistant", content: "" },
      {
        role: "assistant",
        content: "Let me look.",
        toolCalls: [
          { name: "read", arguments: { path: "ä.ts", lines: [1, 2] } },
          { name: "list", arguments: {} },
        ],
      },
      { role: "tool", content: " one\n" },
      { role: "tool", content: '{"two": 2}' },
    ];
    assert.deepEqual(renderPrompt(messages).pieces, [
      special("<SPECIAL_10>"),
      plain("System\n\n\n"),
      special("<SPECIAL_11>"),
      plain("Assistant\n\n"),
      special("<SPECIAL_12>"),
      plain("\n"),
      special("<SPECIAL_11>"),
      plain("Assistant\n"),
      {
        type: "text",
        text: 'Let me look.\n<TOOLCALL>[{"name": "read", "arguments": {"path": "ä.ts", "lines": [1, 2]}}, {"name": "list", "arguments": {}}]</TOOLCALL>\n',
        message: 1,
      },
      special("<SPECIAL_12>"),
      plain("\n"),
      special("<SPECIAL_11>"),
      plain('User\n<TOOL_RESPONSE>[ one\n, {"two": 2}]</TOOL_RESPONSE>'),
      special("<SPECIAL_11>"),
      plain("Assistant\n"),
    ]);
  });

  it("keeps a user's text unchanged in one text piece", () => {
    fc.assert(
      fc.property(conversation, tools, hostileText, fc.nat(), (messages, tools, content, pick) => {
        const users = messages.flatMap((message, i) => (message.role === "user" ? [i] : []));
        fc.pre(users.length > 0);
        const at = users[pick % users.length]!;
        const withText = (content: string) =>
          renderPrompt(
            messages.map((message, i) => (i === at ? { role: "user" as const, content } : message)),
            tools,
          ).pieces;
        const changed = withText(content);
        const before = withText("PLAIN");
        const differing = changed.flatMap((piece, i) => (same(piece, before[i]) ? [] : [piece]));
        assert.equal(changed.length, before.length);
        assert.deepEqual(differing, [plain(`User\n${content.trim()}\n`)]);
      }),
    );
  });

  it("marks the text of each assistant message, and nothing else", () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        for (const piece of renderPrompt(messages).pieces) {
          if (piece.type !== "text" || piece.message === undefined) continue;
          const message = messages[piece.message];
          assert.ok(message?.role === "assistant");
          assert.ok(piece.text.startsWith(message.content.trim()));
          assert.match(piece.text, /^\S.*\n$/s);
        }
      }),
    );
  });

  describe("nemotron: a prompt that is read ahead for Nano v2", () => {
    it("begins the whole prompt at any point of a conversation", () => {
      fc.assert(
        fc.property(conversation, tools, fc.nat(), (messages, tools, pick) => {
          const length = 1 + (pick % messages.length);
          // A result that is followed by another one shares its turn.
          fc.pre(messages[length - 1]?.role !== "tool" || messages[length]?.role !== "tool");
          const { pieces } = renderPrompt(messages, tools);
          const partial = renderPartial(messages.slice(0, length), tools);
          const whole = messages[length - 1]?.role === "user" ? partial.pieces.slice(0, -1) : partial.pieces;
          assert.deepEqual(whole, pieces.slice(0, whole.length));
          assert.equal(partial.systemPieces, 2);
        }),
      );
    });

    it("leaves the last user's text open: each beginning of the text gives a beginning of the prompt", () => {
      fc.assert(
        fc.property(text, fc.nat(), (content, pick) => {
          const typed = content.trim().slice(0, pick % (content.trim().length + 1));
          const whole = rendered(renderPrompt([{ role: "user", content }]));
          const partial = rendered(renderPartial([{ role: "user", content: ` \n${typed}` }]));
          assert.ok(whole.startsWith(partial));
        }),
      );
    });

    it("keeps a space that was just typed", () => {
      const { pieces } = renderPartial([{ role: "user", content: "Hello " }]);
      assert.deepEqual(pieces.slice(2), [special("<SPECIAL_11>"), plain("User\nHello ")]);
    });

    it("ends with the system turn, or an answer's turn", () => {
      const system: Message = { role: "system", content: "Be short." };
      assert.equal(rendered(renderPartial([system])), "<SPECIAL_10>System\nBe short.\n\n");
      const answered = renderPartial([
        system,
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello" },
      ]);
      assert.ok(rendered(answered).endsWith("Assistant\nHello\n<SPECIAL_12>\n"));
    });
  });

  it("refuses what is not a conversation", () => {
    const user: Message = { role: "user", content: "Hi" };
    const assistant: Message = { role: "assistant", content: "Hello", toolCalls: [] };
    const tool: Message = { role: "tool", content: "1" };
    const system: Message = { role: "system", content: "Be short." };
    for (const messages of [[], [user, system, user], [tool], [user, tool], [user, assistant, tool]]) {
      assert.throws(() => renderPrompt(messages), PromptError);
      assert.throws(() => renderPartial(messages), PromptError);
    }
    for (const messages of [[system], [user, assistant]]) {
      assert.throws(() => renderPrompt(messages), PromptError);
      renderPartial(messages);
    }
    const unknown = { role: "developer", content: "Hi" } as unknown as Message;
    assert.throws(() => renderPrompt([unknown, user]), /Message 1 has an unknown role/);
  });

  it("writes tools as in the model's training", () => {
    const tool: Tool = { name: "read", description: "Liest 📄", parameters: { type: "object", required: ["path"] } };
    const [, system] = renderPrompt([{ role: "user", content: "Hi" }], [tool]).pieces;
    assert.ok(
      system?.type === "text" &&
        system.text.startsWith(
          'System\nYou can use the following tools to assist the user if required:\n<AVAILABLE_TOOLS>[{"name": "read", "description": "Liest 📄", "parameters": {"type": "object", "required": ["path"]}}]</AVAILABLE_TOOLS>\n\n',
        ),
    );
  });

  it("opens and closes thoughts", () => {
    assert.equal(opening(true), "<think>\n");
    assert.equal(opening(false), "<think></think>");
    assert.equal(thoughtClosing("I was about to"), ".\n</think>\n\n");
    assert.equal(thoughtClosing("A whole line.\n"), "</think>\n\n");
    assert.equal(thoughtClosing(""), "</think>\n\n");
  });
});

function same(a: Piece, b: Piece | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
