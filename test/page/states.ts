/** Every state of the page, as the messages that lead to it. */
import type { Attachment, Composer, ModelState, Offer, Reply, ToPage, Turn } from "../../media/messages.ts";
import { REPLY_ACTIONS } from "../../media/messages.ts";
import type { RemoteHost } from "../../server/protocol.ts";

export const NAME = "Nemotron Nano 9B v2 (Q4_K_M)";
export const READY: ModelState = {
  type: "ready",
  name: NAME,
  toy: false,
  contextTokens: 49152,
  where: "on the GPU",
};

export const usage = {
  promptTokens: 2937,
  readTokens: 23,
  reusedTokens: 2914,
  thoughtTokens: 287,
  answerTokens: 164,
  firstTokenMs: 92,
  tokensPerSecond: 41.3,
};

export const THOUGHT =
  "The caller leaves min out, so Math.max(x, undefined) is NaN, and NaN is not smaller than max, which means the second branch never runs. A default value would be the smallest change, but the caller in slider.ts passes null on purpose, so";

export const ANSWER = `\`Math.max(x, undefined)\` is \`NaN\`, and every comparison with \`NaN\` is false, so neither bound applies. Give the bounds defaults in \`clamp\`:

\`\`\`typescript
/** Keeps a number within bounds. */
export function clamp(x: number, min = -Infinity, max = Infinity): number {
  return Math.min(Math.max(x, min), max);
}
\`\`\`

Three things follow from this:

1. Callers that pass **both** bounds see no change.
2. Callers that leave one out get the *other* alone.
3. \`null\` still becomes \`0\`: see [Math.max](https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Math/max).

| call | before | after |
| --- | :---: | ---: |
| \`clamp(5)\` | NaN | 5 |
| \`clamp(5, 7)\` | NaN | 7 |
`;

/** Formulas in all forms, and texts that look like formulas. */
export const MATH =
  String.raw`The integral \(\int_0^1 x^2\,dx\) is elementary: an antiderivative of $x^2$ is $F(x) = \tfrac{x^3}{3}$.

\[
\int_0^1 x^2\,dx = \left[\frac{x^3}{3}\right]_0^1
= \frac{1}{3}
\]

By the same way, for every $n \ge 0$:

$$
\begin{aligned}
\int_0^1 x^n\,dx &= \frac{1}{n+1} \\[4pt]
- \int_0^1 \sqrt{x}\,dx &= -\frac{2}{3}
\end{aligned}
$$

1. A matrix: $\mathbf{A} = \begin{pmatrix} a & b \\ c & d \end{pmatrix}$ with $\det \mathbf{A} = ad - bc$.
2. **Answer:** \boxed{\dfrac{1}{3}}

It costs $5 and $10 a month, %CODE% is code, and $\notacommand{x}$ is no TeX.

| $n$ | $\int_0^1 x^n\,dx$ |
| --- | --- |
| $1$ | $1/2$ |
`.replace("%CODE%", () => "`$x$`");

/** Markdown beyond paragraphs, lists and code. */
export const FORMS = `Before the release:

- [x] Parse the file
- [ ] Write the tests
  - [ ] unit

> [!NOTE]
> Nothing is sent **anywhere**.

> [!WARNING]
> It cannot be undone.

Press <kbd>Ctrl</kbd>+<kbd>I</kbd>; H<sub>2</sub>O, x<sup>2</sup>, one line<br>and another. <b>This</b> is bold, <u>this</u> stays text.

The claim[^1] is from [the manual][manual]; a[0] is code. See [the cart](src/cart.ts#L9), src/a.ts:12 and \`a.ts#L9\`, not src/gone.ts.

| Key | What it does |
| --- | --- |
| a | one<br>two |

<details>
<summary>More <b>details</b></summary>

\`\`\`ts
let a = 1;
\`\`\`

Folded away.

</details>

[^1]: As of today, says _somebody_.

[manual]: https://example.com/manual "The manual"
`;

export const reply = (change: Partial<Reply> = {}): Reply => ({
  state: "done",
  thought: THOUGHT,
  thoughtTokens: 287,
  thoughtMs: 3120,
  budget: 512,
  answer: ANSWER,
  answerTokens: 164,
  usage,
  ...change,
});

export const turn = (change: Partial<Turn> = {}): Turn => ({
  id: "t1",
  text: "Why does this return NaN when min is missing, and how would you fix it?",
  references: [{ kind: "selection", label: "clamp.ts:3-9", detail: "src/clamp.ts" }],
  links: ["clamp"],
  dropped: false,
  reply: reply(),
  ...change,
});

const running = (change: Partial<Reply>) =>
  turn({ reply: reply({ thought: "", thoughtTokens: 0, thoughtMs: 0, answer: "", usage: undefined, ...change }) });

export const conversation = (...turns: Turn[]): ToPage => ({
  type: "conversation",
  conversation: { id: "c1", title: "Why does clamp return NaN?", turns },
});

export const attachment = (change: Partial<Attachment> = {}): Attachment => ({
  id: "a1",
  kind: "file",
  label: "clamp.ts",
  detail: "src/clamp.ts",
  implicit: false,
  tokens: 312,
  ...change,
});

export const composer = (change: Partial<Composer> = {}): ToPage => ({
  type: "composer",
  composer: {
    attachments: [attachment()],
    budget: "512",
    mode: "ask",
    agent: { available: true, plan: "1024", step: "256", tools: 0 },
    queued: [],
    meter: { used: 3174, total: 49152 },
    ...change,
  },
});

export const model = (state: ModelState = READY): ToPage => ({ type: "model", model: state });
const shown = (...turns: Turn[]): ToPage[] => [model(), composer(), conversation(...turns)];
const empty = (state: ModelState, ...more: ToPage[]): ToPage[] => [model(state), composer(), conversation(), ...more];

const OFFER: Offer = {
  name: "Nemotron Nano 9B v2",
  size: "6.5 GB",
  fit: "fits the GPU · 48K context · 7.9 GB of memory",
  here: false,
};
const DOWNLOADING: ModelState = {
  type: "downloading",
  name: OFFER.name,
  progress: 0.32,
  text: "2.1 GB of 6.5 GB · 45 MB/s · 2 min left",
};

const FAILED: ModelState = {
  type: "failed",
  reason: "The model does not fit: it needs 7.9 GB of memory, and 5.2 GB are free.",
  next: "Close other programs, or choose a smaller file.",
  retrying: false,
};

const REMOTE: RemoteHost = { host: "openrouter.ai", leavesMachine: true, encrypted: true };
const PLAIN: RemoteHost = { host: "10.0.0.7:8000", leavesMachine: true, encrypted: false };

const short = (id: string, text: string, answer: string, dropped: boolean): Turn =>
  turn({ id, text, references: [], dropped, reply: reply({ thought: "", thoughtTokens: 0, answer }) });

export const STATES: Record<string, ToPage[]> = {
  "no-model": [model({ type: "noModel" }), composer({ attachments: [], meter: undefined }), conversation()],
  offer: empty({ type: "noModel", offer: OFFER }),
  "offer-interrupted": empty({ type: "noModel", offer: { ...OFFER, resumes: "2.1 GB" } }),
  downloading: empty(DOWNLOADING),
  "downloading-later": [model(DOWNLOADING), composer(), conversation(turn())],
  asleep: empty({ type: "asleep", name: NAME }, composer({ meter: undefined })),
  starting: empty({ type: "starting", name: NAME }),
  loading: empty({ type: "loading", name: NAME, progress: 0.43, backend: "CUDA" }),
  ready: empty(READY),
  toy: empty({ ...READY, name: "nemotron-h-toy", toy: true, contextTokens: 4096, where: "on the CPU" }),
  failed: empty(FAILED),
  "remote-asleep": empty({ type: "asleep", name: "nemotron-nano-9b-v2", remote: REMOTE }),
  "remote-connecting": empty({ type: "starting", name: "nemotron-nano-9b-v2", remote: REMOTE }),
  "remote-failed": empty({ ...FAILED, reason: "Nothing answers at 10.0.0.7:8000.", remote: PLAIN }),
  "remote-refused": shown(
    turn({
      reply: reply({
        state: "failed",
        thought: "",
        answer: "",
        usage: undefined,
        error: { message: "Nothing was sent.", next: "Try again to be asked again.", actions: [...REPLY_ACTIONS] },
      }),
    }),
  ),
  "remote-with-turns": [
    model({ ...READY, where: "at 10.0.0.7:8000", remote: PLAIN }),
    composer({ meter: { used: 3174, total: 49152, estimated: true } }),
    conversation(turn()),
  ],
  "failed-retrying": empty({ ...FAILED, retrying: true }),
  waiting: shown(running({ state: "waiting" })),
  reading: shown(running({ state: "reading", reading: { read: 1204, total: 3100 } })),
  thinking: shown(running({ state: "thinking", thought: THOUGHT, thoughtTokens: 212, thoughtMs: 2100 })),
  "thinking-unlimited": shown(
    running({ state: "thinking", thought: THOUGHT, thoughtTokens: 212, thoughtMs: 2100, budget: "unlimited" }),
  ),
  answering: shown(
    running({
      state: "answering",
      thought: THOUGHT,
      thoughtTokens: 287,
      thoughtMs: 3120,
      answer: ANSWER.slice(0, 330),
    }),
  ),
  done: shown(turn()),
  math: shown(
    turn({ text: "What is the integral of x^2 from 0 to 1?", references: [], reply: reply({ answer: MATH }) }),
  ),
  "long-code": shown(
    turn({
      references: [],
      reply: reply({
        answer: `Run\n\n\`\`\`bash\nnpm test -- --grep "a name"\n\`\`\`\n\n\`\`\`ts\n${"export const value = compute(1, 2, 3);\n".repeat(120)}\`\`\`\n`,
      }),
    }),
  ),
  forms: shown(
    turn({ references: [], links: ["src/cart.ts#L9", "src/a.ts:12", "a.ts#L9"], reply: reply({ answer: FORMS }) }),
  ),
  stopped: shown(turn({ reply: reply({ state: "stopped", answer: ANSWER.slice(0, 160), usage: undefined }) })),
  interrupted: shown(
    turn({
      reply: reply({
        state: "interrupted",
        answer: ANSWER.slice(0, 160),
        usage: undefined,
        error: { message: "the engine ended unexpectedly", next: "It is restarting.", actions: ["showLog"] },
      }),
    }),
  ),
  "reply-failed": shown(
    turn({
      reply: reply({
        state: "failed",
        thought: "",
        answer: "",
        usage: undefined,
        error: {
          message: "No model is loaded.",
          next: "Choose a model file, then ask again.",
          actions: ["chooseModel", "showLog"],
        },
      }),
    }),
  ),
  "context-full": shown(turn({ reply: reply({ cut: "context" }) })),
  "cut-off": shown(turn({ reply: reply({ cut: "length" }), versions: { shown: 2, count: 3 } })),
  "empty-reply": shown(turn({ reply: reply({ thought: "", thoughtTokens: 0, answer: "" }) })),
  "thought-alone": shown(turn({ reply: reply({ answer: "" }) })),
  queued: [
    model(),
    conversation(running({ state: "answering", answer: ANSWER.slice(0, 160) })),
    composer({
      queued: [
        { id: "q1", text: "And what about max? It is a longer question than fits here" },
        { id: "q2", text: "Thanks!" },
      ],
    }),
  ],
  dropped: shown(
    short("t0", "What is a closure?", "A function together with the variables that it can reach.", true),
    short("t1", "And a generator?", "A function that can be left and entered again.", false),
  ),
  overflow: [
    model(),
    conversation(turn()),
    composer({
      attachments: [
        attachment({ id: "a1", cut: true, tokens: 18000 }),
        attachment({ id: "a2", label: "slider.ts:12-40", kind: "selection", implicit: true }),
        attachment({ id: "a3", label: "3 problems", kind: "problems" }),
      ],
      meter: { used: 50380, total: 49152 },
      overflow: {
        excess: 1228,
        drops: [
          { label: "clamp.ts", tokens: 18000, attachment: "a1" },
          { label: "slider.ts:12-40", tokens: 900, attachment: "a2" },
        ],
      },
    }),
  ],
  "loading-with-turns": [
    model({ type: "loading", name: NAME, progress: 0.43, backend: "CUDA" }),
    composer(),
    conversation(turn()),
  ],
  "failed-with-turns": [model(FAILED), composer(), conversation(turn())],
  "no-model-with-turns": [model({ type: "noModel" }), composer(), conversation(turn())],
};
