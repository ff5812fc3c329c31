/** Thoughts that come as text without an opening tag, or in the wrong field: reported as thoughts while they stream. */
import assert from "node:assert/strict";
import type { ReplyEvent } from "../../../server/engine/engine.ts";
import { endless, finish, json, MODELS, reasoning, send, sse, text } from "../../support/fakeEndpoint.ts";
import { all, connected, leave, textIn, type World } from "./support.ts";

const ON = { thinking: { mode: "on" as const } };
const ORPHAN = [text("Hm. "), text("Well.\n"), text("</th"), text("ink>\n\nFo"), text("ur."), finish("stop")];
const vllm = (id: string, root = id) => ({ ...MODELS.vllm, id, root });

/**
 * A reply whose answer is sent only after the thought was reported; it hangs if the thought is not reported while it
 * streams.
 */
async function streamed({ endpoint, ask }: World, request: object = ON): Promise<ReplyEvent[]> {
  let onThought: () => void = () => {};
  const thought = new Promise<void>((resolve) => {
    onThought = resolve;
  });
  endpoint.chat = async ({ response }) => {
    await send(response, text("Hm. Well."));
    await thought;
    await sse(response, [text("\n</think>\n\nFour."), finish("stop")]);
  };
  const events: ReplyEvent[] = [];
  for await (const event of ask(request)) {
    events.push(event);
    if (event.type === "thought") onThought();
  }
  return events;
}

const bothIn = (events: ReplyEvent[]) => [textIn(events, "thought"), textIn(events, "answer")];

describe("a thought with only a closing tag", () => {
  afterEach(leave);

  const KNOWN = [
    ["Nemotron Nano v2", vllm("nvidia/NVIDIA-Nemotron-Nano-9B-v2")],
    ["Nemotron 3", vllm("nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B")],
    ["Nemotron 3, under another name", vllm("nemotron-nano-3-30b")],
    ["a Qwen", vllm("Qwen/Qwen3.6-27B")],
    ["DeepSeek R1", vllm("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B")],
    ["a model called Thinking", vllm("acme/Foo-8B-Thinking-2507")],
    ["an alias, by its root", vllm("house-model", "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B")],
    ["an alias, by the folder that it was loaded from", vllm("house-model", "/models/NVIDIA-Nemotron-Nano-9B-v2/")],
  ] as const;
  for (const [name, model] of KNOWN)
    it(`is reported while it streams: ${name}`, async () => {
      const world = await connected(model);
      const events = await streamed(world);
      assert.deepEqual(bothIn(events), ["Hm. Well.", "Four."]);
      assert.ok(!events.some(({ type }) => type === "revised"));
    });

  it("is reported while it streams: an alias, by vLLM's prompt", async () => {
    for (const end of ["<think>", "<th|ink|>|Ċ", "<think>|\n"]) {
      const world = await connected(vllm("house-model"));
      world.endpoint.others = ({ response, asked }) => {
        const isAsked = asked.path === "/tokenize" && asked.body.add_generation_prompt === true;
        return json(response, isAsked ? 200 : 404, { token_strs: ["Hello", ...end.split("|")] });
      };
      await world.engine.load({ remote: { baseUrl: world.endpoint.baseUrl } });
      assert.deepEqual(bothIn(await streamed(world)), ["Hm. Well.", "Four."]);
    }
  });

  it("is reported while it streams: an alias, by SGLang's start options", async () => {
    const world = await connected({ ...vllm("house-model"), owned_by: "sglang" });
    world.endpoint.others = ({ response, asked }) =>
      json(response, asked.path === "/get_model_info" ? 200 : 404, { model_path: "Qwen/Qwen3.5-9B" });
    await world.engine.load({ remote: { baseUrl: world.endpoint.baseUrl } });
    assert.deepEqual(bothIn(await streamed(world)), ["Hm. Well.", "Four."]);
  });

  it("is reported while it streams: an alias, by the template of a llama-server that does not parse thoughts", async () => {
    const begin = "{%- for m in messages %}{{ m.content }}{% endfor %}{%- if add_generation_prompt %}";
    const templates: [string, boolean][] = [
      [`${begin}{{ '<|im_start|>assistant\\n<think>\\n' }}{% endif %}`, true],
      [
        `${begin}{% if off %}{{ '<think>\\n\\n</think>\\n\\n' }}{% else %}{{ '<think>\\n' }}{% endif %}{% endif %}`,
        true,
      ],
      [`${begin}{% if off %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}{% endif %}`, false],
    ];
    for (const [chat_template, opens] of templates) {
      const world = await connected(MODELS["llama-server"]);
      world.endpoint.others = ({ response, asked }) =>
        json(response, asked.path === "/props" ? 200 : 404, { chat_template });
      await world.engine.load({ remote: { baseUrl: world.endpoint.baseUrl } });
      if (opens) assert.deepEqual(bothIn(await streamed(world)), ["Hm. Well.", "Four."]);
      world.endpoint.chat = ({ response }) => sse(response, [text("Four."), finish("stop")]);
      if (!opens) assert.ok(!(await all(world.ask(ON))).some(({ type }) => type === "thought"));
    }
  });

  it("is reported while it streams from the second reply on, if only the first one shows it", async () => {
    for (const model of [MODELS.openai, vllm("house-model"), MODELS["llama-server"]]) {
      const world = await connected(model);
      world.endpoint.chat = ({ response }) => sse(response, ORPHAN);
      const first = await all(world.ask(ON));
      assert.deepEqual(bothIn(first), ["Hm. Well.", "Four."]);
      assert.ok(first.some(({ type }) => type === "revised"));
      const second = await streamed(world);
      assert.deepEqual(bothIn(second), ["Hm. Well.", "Four."]);
      assert.ok(!second.some(({ type }) => type === "revised"));
    }
  });

  it("is also recognised if the model should not think", async () => {
    const world = await connected();
    world.endpoint.chat = ({ response }) => sse(response, ORPHAN);
    assert.deepEqual(bothIn(await all(world.ask())), ["Hm. Well.", "Four."]);
    assert.deepEqual(bothIn(await streamed(world, {})), ["Hm. Well.", "Four."]);
    // A model that has stopped thinking is believed.
    world.endpoint.chat = ({ response }) => sse(response, [text("Four."), finish("stop")]);
    assert.deepEqual(bothIn(await all(world.ask())), ["", "Four."]);
    const plain = await all(world.ask());
    assert.ok(!plain.some(({ type }) => type === "revised" || type === "thought"));
  });

  it("can come in one piece, without line breaks, or with nothing after it", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) => sse(response, [text("Hm.</think>Four."), finish("stop")]);
    assert.deepEqual(bothIn(await all(ask(ON))), ["Hm.", "Four."]);
    for (const thought of ["<thinking>Hm.</thinking>\n", "Hm.\n</thinking>\n"]) {
      endpoint.chat = ({ response }) => sse(response, [...[...`${thought}Four.`].map(text), finish("stop")]);
      assert.deepEqual(bothIn(await all(ask())), ["Hm.", "Four."]);
    }
    const again = "Hm.</think><think>Or.</think>Four.";
    for (const pieces of [[again], [...again]]) {
      const { endpoint, ask } = await connected();
      endpoint.chat = ({ response }) => sse(response, [...pieces.map(text), finish("stop")]);
      assert.deepEqual(bothIn(await all(ask())), ["Hm.\n\nOr.", "Four."]);
    }
    const other = await connected();
    const code = "Maybe:\n```py\na = 2\n```\nNo.\n</think>\n\n```py\na = 3\n```";
    other.endpoint.chat = ({ response }) => sse(response, [...[...code].map(text), finish("stop")]);
    assert.deepEqual(bothIn(await all(other.ask())), ["Maybe:\n```py\na = 2\n```\nNo.", "```py\na = 3\n```"]);
  });

  it("is not assumed if an answer mentions the tag", async () => {
    const answers = [
      "It ends with `</think>`, as any tag.",
      "Between <think> and </think> it thinks.",
      'Set END = "</think>" there.',
      '```ts\nconst END = "x</think>";\n```\nDone.',
      "Write ```\n</think>\n``` to end it.",
      "Drop </think> from it.",
    ];
    for (const answer of answers) {
      const { endpoint, ask } = await connected();
      endpoint.chat = ({ response }) => sse(response, [...answer.split(/(?<= )/).map(text), finish("stop")]);
      const events = await all(ask());
      assert.equal(textIn(events, "answer"), answer);
    }
  });

  it("is no longer expected from an endpoint that sends none, until it does", async () => {
    const world = await connected(MODELS.vllm);
    const { endpoint, ask } = world;
    endpoint.chat = ({ response }) => sse(response, [text("Four."), finish("stop")]);
    for (const isReported of [true, true, false]) {
      const events = await all(ask(ON));
      assert.equal(
        events.some(({ type }) => type === "thought"),
        isReported,
      );
      assert.deepEqual(bothIn(events), ["", "Four."]);
    }
    endpoint.chat = ({ response }) => sse(response, ORPHAN);
    assert.deepEqual(bothIn(await all(ask(ON))), ["Hm. Well.", "Four."]);
    assert.deepEqual(bothIn(await streamed(world)), ["Hm. Well.", "Four."]);
  });

  it("turns out to be the answer if the model has not thought", async () => {
    const { endpoint, ask } = await connected(MODELS.vllm);
    const tools = [{ name: "list" }];
    endpoint.chat = ({ response }) => sse(response, [text("Four."), finish("stop")]);
    assert.deepEqual(bothIn(await all(ask(ON))), ["", "Four."]);
    const call = '<TOOLCALL>[{"name": "list", "arguments": {}}]</TOOLCALL>';
    endpoint.chat = ({ response }) => sse(response, [text(call), finish("stop")]);
    const events = await all(ask({ ...ON, tools }));
    assert.ok(events.some((event) => event.type === "toolCall" && event.toolCall.name === "list"));
  });
});

describe("an answer in the thought's field", () => {
  afterEach(leave);

  it("is the answer of a model that should not think", async () => {
    const { endpoint, ask } = await connected();
    endpoint.chat = ({ response }) => sse(response, [reasoning("Fo"), reasoning("ur."), finish("stop")]);
    assert.deepEqual(bothIn(await all(ask())), ["", "Four."]);
    // With an answer beside it, it is a thought.
    endpoint.chat = ({ response }) => sse(response, [reasoning("Hm."), text("Four."), finish("stop")]);
    assert.deepEqual(bothIn(await all(ask())), ["Hm.", "Four."]);
  });

  it("is what follows a closing tag, unless an answer follows", async () => {
    const { endpoint, ask } = await connected();
    const thought = ["Hm", ".\n</think>", "\n\nFo", "ur", "."].map(reasoning);
    for (const request of [{}, ON]) {
      endpoint.chat = ({ response }) => sse(response, [...thought, finish("stop")]);
      assert.deepEqual(bothIn(await all(ask(request))), ["Hm.", "Four."]);
      endpoint.chat = ({ response }) => sse(response, [...thought, text("Five."), finish("stop")]);
      assert.deepEqual(bothIn(await all(ask(request))), ["Hm.\n\nFour.", "Five."]);
    }
  });

  it("is the answer after a thought that was closed from here, but a thought if an answer follows", async () => {
    const { endpoint, ask } = await connected();
    const answers = [
      [reasoning("Fo"), reasoning("ur."), finish("stop")],
      [reasoning("Once more."), text("Four."), finish("stop")],
    ];
    for (const answer of answers) {
      endpoint.chat = async ({ response, asked }) => {
        if (asked.body.messages?.at(-1)?.role === "assistant") return sse(response, answer);
        return endless(response, () => reasoning("hm "));
      };
      const events = await all(ask({ thinking: { mode: "on", budget: 20 } }));
      assert.equal(textIn(events, "answer"), "Four.");
    }
  });
});
