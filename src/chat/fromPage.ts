/** Checks the page's messages. The page shows what the model wrote, so none of them is trusted. */
import * as z from "zod/mini";
import { ANSWERS, MODES } from "../../media/agent.ts";
import { object, reader } from "../../media/messageReader.ts";
import { AGENT_BUDGETS, BUDGETS, CODE_ACTIONS, PAGE_COMMANDS, type ToHost } from "../../media/messages.ts";

const text = z.string();
const count = z.int().check(z.nonnegative());
const budget = z.enum(BUDGETS);
const maybeText = z.optional(text);
const none = z.object({});
const ofTurn = object({ turn: text });
const ofRow = object({ turn: text, row: text });

/** Undefined for anything that is not a valid message. */
export const readFromPage = reader<ToHost>({
  ready: none,
  focused: object({ focused: z.boolean() }),
  send: object({ text }),
  draft: object({ text }),
  stop: none,
  answerNow: none,
  addBudget: object({ tokens: count }),
  regenerate: object({ turn: text, budget: z.optional(budget) }),
  continue: ofTurn,
  showVersion: object({ turn: text, version: count }),
  unqueue: object({ id: text }),
  sendQueued: none,
  resend: object({ turn: text, text }),
  setBudget: object({ budget }),
  setMode: object({ mode: z.enum(MODES) }),
  setAgentBudget: object({ which: z.enum(AGENT_BUDGETS), budget }),
  chooseTools: none,
  approve: object({ turn: text, id: text, answer: z.enum(ANSWERS), why: maybeText, command: maybeText }),
  restoreStep: ofRow,
  regenerateStep: ofRow,
  continueAgent: ofTurn,
  undoTurn: ofTurn,
  keepTurn: ofTurn,
  openChanges: ofTurn,
  openChange: object({ turn: text, path: text }),
  attach: none,
  searchFiles: object({ request: count, query: text }),
  attachFiles: object({ uris: z.array(text) }),
  removeAttachment: object({ id: text }),
  drop: object({ attachment: text }),
  code: object({ action: z.enum(CODE_ACTIONS), code: text, language: text }),
  copyReply: ofTurn,
  openReference: object({ turn: text, index: count }),
  openName: object({ turn: text, name: text }),
  openLink: object({ href: text }),
  command: object({ command: z.enum(PAGE_COMMANDS) }),
});
