/** Whether a value is a message of the host. Others are ignored, so that no mistake elsewhere breaks the page. */
import { BUDGETS, PAGE_COMMANDS, REPLY_ACTIONS, type ToPage } from "../messages.ts";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const number: Check = (value) => typeof value === "number" && Number.isFinite(value);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const maybe = (check: Check): Check => either(check, (value) => value === undefined);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (fields: Record<string, Check>): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(fields).every(([name, check]) => check(Object.getOwnPropertyDescriptor(value, name)?.value));

const REFERENCE = { kind: oneOf("file", "selection", "problems", "terminal"), label: text, detail: text };

const usage = shape({
  promptTokens: number,
  readTokens: number,
  reusedTokens: number,
  thoughtTokens: number,
  answerTokens: number,
  firstTokenMs: number,
  tokensPerSecond: number,
});

const reply = shape({
  state: oneOf("waiting", "reading", "thinking", "answering", "done", "stopped", "interrupted", "failed"),
  reading: maybe(shape({ read: number, total: number })),
  thought: text,
  thoughtTokens: number,
  thoughtMs: number,
  budget: either(number, oneOf("unlimited")),
  answer: text,
  answerTokens: number,
  usage: maybe(usage),
  truncated: maybe(flag),
  error: maybe(shape({ message: text, next: maybe(text), actions: list(oneOf(...REPLY_ACTIONS)) })),
});

const turn = shape({
  id: text,
  text,
  references: list(shape(REFERENCE)),
  links: list(text),
  dropped: flag,
  reply,
});

const composer = shape({
  attachments: list(shape({ ...REFERENCE, id: text, implicit: flag, tokens: maybe(number), cut: maybe(flag) })),
  budget: oneOf(...BUDGETS),
  meter: maybe(shape({ used: number, total: number, estimated: maybe(flag) })),
  overflow: maybe(
    shape({
      excess: number,
      drops: list(
        shape({ label: text, tokens: number, what: either(oneOf("oldestTurn"), shape({ attachment: text })) }),
      ),
    }),
  ),
});

const remote = maybe(shape({ host: text, leavesMachine: flag, encrypted: flag }));
const offer = shape({ name: text, size: text, fit: text, here: flag, resumes: maybe(text) });

const model = either(
  shape({ type: oneOf("noModel"), offer: maybe(offer) }),
  shape({ type: oneOf("downloading"), name: text, progress: number, text }),
  shape({ type: oneOf("asleep", "starting"), name: text, remote, gone: maybe(text) }),
  shape({ type: oneOf("loading"), name: text, progress: number, backend: maybe(text), remote }),
  shape({
    type: oneOf("ready"),
    name: text,
    toy: flag,
    contextTokens: number,
    where: text,
    remote,
    waiting: maybe(text),
  }),
  shape({
    type: oneOf("failed"),
    reason: text,
    next: text,
    retrying: flag,
    remote,
    remedies: maybe(list(oneOf(...PAGE_COMMANDS))),
  }),
);

const settings = shape({ foreground: maybe(text), fontStyle: maybe(text) });
const theme = shape({
  name: text,
  type: oneOf("dark", "light"),
  tokenColors: list(shape({ scope: maybe(either(text, list(text))), settings })),
});

const MESSAGES: { [Type in ToPage["type"]]: Check } = {
  conversation: shape({ conversation: shape({ id: text, title: text, turns: list(turn) }) }),
  turn: shape({ turn, title: text }),
  delta: shape({
    turn: text,
    thought: text,
    answer: text,
    thoughtTokens: number,
    thoughtMs: number,
    answerTokens: number,
  }),
  composer: shape({ composer }),
  model: shape({ model }),
  theme: shape({ theme: maybe(theme) }),
  files: shape({ request: number, files: list(shape({ uri: text, name: text, folder: text })) }),
  focus: shape({ text: maybe(text) }),
};

export function isToPage(value: unknown): value is ToPage {
  if (!shape({ type: text })(value)) return false;
  const { type } = value as { type: string };
  return Object.hasOwn(MESSAGES, type) && MESSAGES[type as ToPage["type"]](value);
}
