/** Checks messages from the host. Anything else is ignored, so that a mistake elsewhere does not break the page. */
import * as z from "zod/mini";
import { object, reader } from "../messageReader.ts";
import {
  type Attachment,
  BUDGETS,
  type CodeTheme,
  type Composer,
  type Conversation,
  type FileMatch,
  GO_TARGETS,
  type ModelState,
  type Offer,
  PAGE_COMMANDS,
  REPLY_ACTIONS,
  type Reference,
  type RemovableItem,
  type Reply,
  type ReplyError,
  type ToPage,
  type Turn,
} from "../messages.ts";

const text = z.string();
const flag = z.boolean();
const number = z.number();
const maybeText = z.optional(text);

const REFERENCE = { kind: z.enum(["file", "selection", "problems", "terminal"]), label: text, detail: text };

const reply = object<Reply>({
  state: z.enum(["waiting", "reading", "thinking", "answering", "done", "stopped", "interrupted", "failed"]),
  reading: z.optional(object({ read: number, total: number })),
  thought: text,
  thoughtTokens: number,
  thoughtMs: number,
  budget: z.union([number, z.literal("unlimited")]),
  answer: text,
  answerTokens: number,
  usage: z.optional(
    object<NonNullable<Reply["usage"]>>({
      promptTokens: number,
      readTokens: number,
      reusedTokens: number,
      thoughtTokens: number,
      answerTokens: number,
      firstTokenMs: number,
      tokensPerSecond: number,
    }),
  ),
  cut: z.optional(z.enum(["context", "length"])),
  error: z.optional(object<ReplyError>({ message: text, next: maybeText, actions: z.array(z.enum(REPLY_ACTIONS)) })),
});

const turn = object<Turn>({
  id: text,
  text,
  references: z.array(object<Reference>(REFERENCE)),
  links: z.array(text),
  dropped: flag,
  reply,
  versions: z.optional(object({ shown: number, count: number })),
});

const drop = object<RemovableItem>({
  label: text,
  tokens: number,
  attachment: text,
});
const composer = object<Composer>({
  attachments: z.array(
    object<Attachment>({
      ...REFERENCE,
      id: text,
      implicit: flag,
      tokens: z.optional(number),
      cut: z.optional(flag),
    }),
  ),
  budget: z.enum(BUDGETS),
  queued: z.array(object({ id: text, text })),
  meter: z.optional(object({ used: number, total: number, estimated: z.optional(flag) })),
  overflow: z.optional(object({ excess: number, drops: z.array(drop) })),
});

const remote = z.optional(
  object<NonNullable<Extract<ModelState, { type: "asleep" }>["remote"]>>({
    host: text,
    leavesMachine: flag,
    encrypted: flag,
  }),
);
const offer = object<Offer>({ name: text, size: text, fit: text, here: flag, resumes: maybeText });
const model = z.discriminatedUnion("type", [
  z.object({ type: z.literal("noModel"), offer: z.optional(offer), problem: maybeText }),
  z.object({ type: z.literal("downloading"), name: text, progress: number, text }),
  z.object({ type: z.literal("asleep"), name: text, remote, gone: maybeText }),
  z.object({ type: z.literal("starting"), name: text, remote }),
  z.object({ type: z.literal("loading"), name: text, progress: number, backend: maybeText, remote }),
  z.object({
    type: z.literal("ready"),
    name: text,
    toy: flag,
    contextTokens: number,
    where: text,
    remote,
    waiting: maybeText,
  }),
  z.object({
    type: z.literal("failed"),
    reason: text,
    next: text,
    retrying: flag,
    remote,
    remedies: z.optional(z.array(z.enum(PAGE_COMMANDS))),
  }),
]) satisfies z.ZodMiniType<ModelState>;

const theme = object<CodeTheme>({
  name: text,
  type: z.enum(["dark", "light"]),
  tokenColors: z.array(
    object<CodeTheme["tokenColors"][number]>({
      scope: z.optional(z.union([text, z.array(text)])),
      settings: object({ foreground: maybeText, fontStyle: maybeText }),
    }),
  ),
});

export const readFromHost = reader<ToPage>({
  conversation: object({ conversation: object<Conversation>({ id: text, title: text, turns: z.array(turn) }) }),
  turn: object({ turn, title: text }),
  delta: object({
    turn: text,
    thought: text,
    answer: text,
    thoughtTokens: number,
    thoughtMs: number,
    answerTokens: number,
  }),
  composer: object({ composer }),
  model: object({ model }),
  theme: object({ theme: z.optional(theme) }),
  files: object({ request: number, files: z.array(object<FileMatch>({ uri: text, name: text, folder: text })) }),
  go: object({ to: z.enum(GO_TARGETS) }),
  focus: object({}),
  typed: object({ text, send: flag }),
});
