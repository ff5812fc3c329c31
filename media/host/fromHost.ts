/** Checks messages from the host. Anything else is ignored, so that a mistake elsewhere does not break the page. */
import * as z from "zod/mini";
import {
  type AgentDetail,
  type AgentRow,
  type AgentSummary,
  type AgentTurn,
  APPROVAL_KINDS,
  type Approval,
  type ChangedFile,
  DETAIL_KINDS,
  MODES,
  ROW_ICONS,
} from "../agent.ts";
import { object, reader } from "../messageReader.ts";
import {
  type AgentSettings,
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
  RUNNING,
  type ToPage,
  type Turn,
} from "../messages.ts";

const text = z.string();
const flag = z.boolean();
const number = z.number();
const maybeText = z.optional(text);

const REFERENCE = { kind: z.enum(["file", "selection", "problems", "terminal"]), label: text, detail: text };

const thoughtBudget = z.union([number, z.literal("unlimited")]);
const reading = z.optional(object({ read: number, total: number }));
const reply = object<Reply>({
  state: z.enum(["waiting", "reading", "thinking", "answering", "done", "stopped", "interrupted", "failed"]),
  reading,
  thought: text,
  thoughtTokens: number,
  thoughtMs: number,
  budget: thoughtBudget,
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

const row = object<AgentRow>({
  id: text,
  icon: z.enum(ROW_ICONS),
  title: text,
  state: z.enum(["running", "done", "failed"]),
  details: z.array(object<AgentDetail>({ kind: z.enum(DETAIL_KINDS), text })),
  thought: z.optional(
    object<NonNullable<AgentRow["thought"]>>({
      text,
      tokens: number,
      ms: number,
      budget: thoughtBudget,
      running: flag,
    }),
  ),
  restorable: flag,
  regenerable: flag,
});
const summary = object<AgentSummary>({
  title: text,
  tone: z.enum(["good", "neutral", "bad"]),
  changed: z.array(object<ChangedFile>({ path: text, added: number, removed: number, created: flag })),
  checked: maybeText,
  left: z.array(text),
  canContinue: flag,
  undoable: flag,
});
const approval = object<Approval>({ id: text, kind: z.enum(APPROVAL_KINDS), text, detail: text });

const turn = object<Turn>({
  id: text,
  text,
  references: z.array(object<Reference>(REFERENCE)),
  links: z.array(text),
  dropped: flag,
  reply,
  agent: z.optional(
    object<AgentTurn>({ rows: z.array(row), summary: z.optional(summary), approval: z.optional(approval) }),
  ),
  versions: z.optional(object({ shown: number, count: number })),
});

const drop = object<RemovableItem>({
  label: text,
  tokens: number,
  attachment: text,
});
const budget = z.enum(BUDGETS);
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
  budget,
  mode: z.enum(MODES),
  agent: object<AgentSettings>({ available: flag, why: maybeText, plan: budget, step: budget, tools: number }),
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
  progress: object({ turn: text, state: z.enum(RUNNING), reading }),
  row: object({ turn: text, row }),
  rowDelta: object({
    turn: text,
    row: text,
    thought: maybeText,
    thoughtTokens: z.optional(number),
    thoughtMs: z.optional(number),
    output: maybeText,
  }),
  approval: object({ turn: text, approval: z.optional(approval) }),
  composer: object({ composer }),
  model: object({ model }),
  theme: object({ theme: z.optional(theme) }),
  files: object({ request: number, files: z.array(object<FileMatch>({ uri: text, name: text, folder: text })) }),
  go: object({ to: z.enum(GO_TARGETS) }),
  focus: object({}),
  typed: object({ text, send: flag }),
});
