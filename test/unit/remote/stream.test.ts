/** Reading a response: framing, whole replies in place of streams, errors in either. */
import assert from "node:assert/strict";
import { APIError } from "openai";
import { NoReply } from "../../../server/remote/noReply.ts";
import { readReply } from "../../../server/remote/stream.ts";
import { delta, finish, text } from "../../support/fakeEndpoint.ts";

const data = (value: object | string) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}`;
const REPLY = [text("Hel"), text("lo ü\u2028😀."), finish("stop"), "[DONE]"].map(data);

/** @param size bytes in each piece. */
function responseOf(body: string, size = Number.POSITIVE_INFINITY): Response {
  const bytes = Buffer.from(body);
  let at = 0;
  const pieces = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + size));
      at += size;
    },
  });
  return new Response(pieces);
}

/** The text, the finish reason, and whether the reply is complete. */
async function read(response: Response) {
  const read = { text: "", finish: undefined as string | undefined, done: false };
  for await (const received of readReply(response)) {
    if (received === "done") read.done = true;
    else {
      read.text += received.text;
      read.finish = received.finish ?? read.finish;
    }
  }
  return read;
}

const HELLO = { text: "Hello ü\u2028😀.", finish: "stop", done: true };

describe("a stream", () => {
  for (const [name, end] of Object.entries({ LF: "\n", CRLF: "\r\n", CR: "\r" }))
    for (const size of [1, 7, Number.POSITIVE_INFINITY])
      it(`is read with ${name} as line ends, ${size} bytes at a time`, async () => {
        const body = REPLY.map((line) => line + end + end).join("");
        assert.deepEqual(await read(responseOf(body, size)), HELLO);
        assert.deepEqual(await read(responseOf(`\ufeff${body}`, size)), HELLO);
      });

  it("is read with a single line break between events, and without one at its end", async () => {
    assert.deepEqual(await read(responseOf(REPLY.join("\n"))), HELLO);
    assert.deepEqual(await read(responseOf(REPLY.join("\r\n"), 3)), HELLO);
    assert.deepEqual(await read(responseOf(`${REPLY.slice(0, -1).join("\n")}\n[DONE]\n`)), HELLO);
  });

  it("gives each piece as it comes, also without blank lines", async () => {
    let send: (line: string) => void = () => {};
    let end = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (line) => controller.enqueue(Buffer.from(line));
        end = () => controller.close();
      },
    });
    const received = readReply(new Response(body));
    send(`${data(text("One"))}\n`);
    const first = await received.next();
    assert.ok(first.value && first.value !== "done" && first.value.text === "One");
    send(data(text("Two")));
    end();
    const second = await received.next();
    assert.ok(second.value && second.value !== "done" && second.value.text === "Two");
  });

  it("can have comments, names, and signs of life", async () => {
    const odd = [
      ": PROCESSING",
      "event: message\nid: 1\nretry: 5",
      "data:",
      "data: null",
      'data: {"type":"ping"}',
      "data: ping",
    ];
    assert.deepEqual(await read(responseOf([...odd, ...REPLY].join("\n\n"))), HELLO);
    const lines = JSON.stringify(text("Hello."), undefined, 1).replaceAll("\n", "\ndata: ");
    assert.equal((await read(responseOf(`data: ${lines}\n\n`))).text, "Hello.");
  });

  it("ends soon after its last piece, whether the connection ends or not", async () => {
    for (const last of [data("[DONE]"), data(finish("stop"))]) {
      let cancelled = false;
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(Buffer.from(`${data(text("Hello."))}\n\n${last}\n\n`)),
        cancel: () => {
          cancelled = true;
        },
      });
      assert.equal((await read(new Response(body))).text, "Hello.");
      assert.ok(cancelled);
    }
  });

  it("is incomplete if it breaks off, even inside an event", async () => {
    const cut = await read(responseOf(`${data(text("Hel"))}\n\ndata: {"choices":[{"del`));
    assert.deepEqual(cut, { text: "Hel", finish: undefined, done: false });
  });
});

describe("a whole reply in place of a stream", () => {
  const message = { role: "assistant", content: "Hello.", reasoning_content: "Hm." };
  const completion = { object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }] };

  it("is read in any layout", async () => {
    const forms = [
      JSON.stringify(completion),
      `\n${JSON.stringify(completion, undefined, 2)}\n`,
      JSON.stringify([completion]),
    ];
    for (const form of forms)
      assert.deepEqual(await read(responseOf(form, 5)), { text: "Hello.", finish: "stop", done: true });
    const lines = [text("Hel"), text("lo."), finish("stop")].map((chunk) => JSON.stringify(chunk)).join("\n");
    assert.deepEqual(await read(responseOf(lines)), { text: "Hello.", finish: "stop", done: true });
  });

  it("is read behind comments", async () => {
    const body = `: PROCESSING\n\n${JSON.stringify(completion, undefined, 2)}`;
    for (const size of [1, 5, Number.POSITIVE_INFINITY])
      assert.deepEqual(await read(responseOf(body, size)), { text: "Hello.", finish: "stop", done: true });
  });

  const KINDS: [string, string, NoReply["kind"]][] = [
    ["a page", "\n <!doctype html><title>Sign in</title>", "page"],
    ["a page behind a comment", ": PROCESSING\n\n<html>Bad gateway</html>\n", "page"],
    ["nothing", "", "empty"],
    ["white space", "\n\n", "empty"],
    ["text", "upstream connect error", "garbage"],
    ["null", "null", "garbage"],
    ["an empty object", "{}", "garbage"],
    ["broken JSON", '{"choices":', "garbage"],
    ["JSON that is nested too deeply to be passed on", `{"choices":${"[".repeat(6000)}${"]".repeat(6000)}}`, "garbage"],
  ];
  for (const [name, body, kind] of KINDS)
    it(`is an error if it is ${name}`, async () => {
      await assert.rejects(read(responseOf(body)), (error: unknown) => error instanceof NoReply && error.kind === kind);
    });

  it("is an error without a body", async () => {
    await assert.rejects(read(new Response(null, { status: 204 })), (error: unknown) => error instanceof NoReply);
  });
});

describe("an error with a success status", () => {
  const ERRORS: [string, string][] = [
    ["in a stream", 'data: {"error":{"message":"No credits","code":402}}\n\n'],
    ["in a stream, as text", 'data: {"error":"No credits"}\n\n'],
    ["named by its event", 'event: error\ndata: {"message":"No credits"}\n\n'],
    ["named by its event, behind its data", 'data: {"message":"No credits"}\nevent: error\n\n'],
    ["named by its event, as a word", "event: error\ndata: No credits\n\n"],
    ["as Anthropic sends it", 'data: {"type":"error","error":{"message":"No credits"}}\n\n'],
    ["as earlier vLLMs send it", 'data: {"object":"error","message":"No credits","code":402}\n\n'],
    ["as earlier llama-servers send it", 'error: {"message":"No credits","code":402}\n\n'],
    ["without a field, as Ollama sends it", '{"error":{"message":"No credits"}}\n'],
    [
      "in a choice",
      'data: {"choices":[{"index":0,"delta":{},"error":{"message":"No credits"},"finish_reason":"error"}]}\n\n',
    ],
    ["over several lines", '{\n  "error": {\n    "message": "No credits"\n  }\n}\n'],
    ["in a list, as Google sends it", 'data: [{"error":{"message":"No credits"}}]\n\n'],
    ["in place of a stream", ""],
  ];
  for (const [name, event] of ERRORS)
    it(`is reported: ${name}`, async () => {
      const body = event === "" ? '{"error":{"message":"No credits"}}' : `${data(text("Hel"))}\n\n${event}`;
      const came: string[] = [];
      const reading = (async () => {
        for await (const received of readReply(responseOf(body))) if (received !== "done") came.push(received.text);
      })();
      await assert.rejects(
        reading,
        (error: unknown) => error instanceof APIError && /No credits/.test(JSON.stringify(error.error)),
      );
      // What came before it is kept, also if both come together.
      assert.equal(came.join(""), event === "" ? "" : "Hel");
    });

  it("has the message that the endpoint sends instead of a reply", async () => {
    for (const body of [
      '{"detail":"No credits"}',
      '{"code":402,"message":"No credits"}',
      '{"status":"error","msg":"No credits"}',
      ': PROCESSING\n\n{\n  "error": {\n    "message": "No credits"\n  }\n}\n',
    ])
      await assert.rejects(read(responseOf(body)), (error: unknown) => error instanceof APIError);
  });

  it("is ignored if the field is empty", async () => {
    const chunk = { ...text("Hello."), error: null };
    assert.equal((await read(responseOf(`${data(chunk)}\n\n${data("[DONE]")}\n\n`))).text, "Hello.");
  });
});

describe("content", () => {
  const first = async (fields: object) => {
    for await (const received of readReply(responseOf(`${data(delta(fields))}\n\n`)))
      return received === "done" ? undefined : received;
    return undefined;
  };

  it("comes in parts, which can be thoughts", async () => {
    const thinking = { type: "thinking", thinking: [{ type: "text", text: "Hm." }] };
    const parts = { content: [thinking, { type: "text", text: "Hel" }, "lo", { type: "output_text", text: "." }] };
    const chunk = await first(parts);
    assert.deepEqual([chunk?.thought, chunk?.text], ["Hm.", "Hello."]);
    const details = await first({
      reasoning_details: [
        { type: "reasoning.text", text: "Hm." },
        { type: "reasoning.encrypted", data: "x" },
      ],
    });
    assert.equal(details?.thought, "Hm.");
  });

  it("is only that of the first choice", async () => {
    const both = {
      choices: [
        { index: 1, delta: { content: "No" } },
        { index: 0, delta: { content: "Yes" } },
      ],
    };
    const other = { choices: [{ index: 1, delta: { content: "No" } }] };
    assert.equal((await read(responseOf(`${data(both)}\n\n${data(other)}\n\n`))).text, "Yes");
  });

  it("can be null, a number, a refusal, or missing", async () => {
    assert.equal((await first({ content: null, tool_calls: null, reasoning: null }))?.text, "");
    assert.equal((await first({ content: 42 }))?.text, "42");
    assert.equal((await first({ content: null, refusal: "I will not." }))?.text, "I will not.");
    const odd = [
      { choices: null },
      {},
      { choices: [{ index: 0, delta: null, finish_reason: "" }] },
      { choices: [{ text: "Hello." }] },
    ];
    assert.deepEqual(await read(responseOf(odd.map((chunk) => `${data(chunk)}\n\n`).join(""))), {
      text: "Hello.",
      finish: undefined,
      done: false,
    });
  });
});
