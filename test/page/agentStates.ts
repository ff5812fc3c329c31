/** States of the page with the agent, as the messages that lead to them. */
import type { AgentRow, AgentSummary, AgentTurn, Approval } from "../../media/agent.ts";
import type { AgentSettings, Reply, ToPage, Turn } from "../../media/messages.ts";
import { attachment, composer, conversation, model, reply, STATES, turn, usage } from "./states.ts";

export const DIFF = `--- a/src/cart.ts
+++ b/src/cart.ts
@@ -9,7 +9,9 @@
 export function total(cart: Cart): number {
   let sum = 0;
-  for (const item of cart.items) sum += priceOf(item);
+  for (const item of cart.items) {
+    sum += priceOf(item) * item.quantity;
+  }
   return sum;
 }
`;

export const OUTPUT = `> shop@1.0.0 test
> node --test

✔ an empty cart costs nothing (0.9 ms)
✖ a cart counts quantities (1.4 ms)
  AssertionError [ERR_ASSERTION]: 3 !== 6
      at TestContext.<anonymous> (test/cart.test.ts:14:10)
`;

const PLAN =
  "The total ignores quantities. First I look at how total adds up the prices, then at what priceOf returns. The test expects price times quantity, so the loop has to multiply.";

export const row = (change: Partial<AgentRow> & Pick<AgentRow, "id">): AgentRow => ({
  icon: "read",
  title: "Read cart.ts 1-80",
  state: "done",
  details: [{ kind: "text", text: "80 lines" }],
  restorable: true,
  regenerable: true,
  ...change,
});

const args = (value: object) => ({ kind: "arguments", text: JSON.stringify(value, null, 2) }) as const;
const thought = { text: PLAN, tokens: 212, ms: 2100, budget: 1024, running: false } as const;

/** The steps of a repair. */
export const ROWS: AgentRow[] = [
  row({ id: "1", icon: "plan", title: "Made a plan", details: [], thought }),
  row({ id: "2", details: [args({ path: "src/cart.ts", from: 1, to: 80 }), { kind: "output", text: "1| import …" }] }),
  row({
    id: "3",
    icon: "search",
    title: "Searched `priceOf`, 4 places",
    details: [args({ text: "priceOf" }), { kind: "output", text: "src/price.ts:3\nsrc/cart.ts:11" }],
  }),
  row({ id: "4", icon: "edit", title: "Edited cart.ts +3 −1", details: [{ kind: "diff", text: DIFF }] }),
  row({
    id: "5",
    icon: "rewind",
    title: "Decoded the step again: it named a line that it had never seen",
    details: [],
    restorable: false,
    regenerable: false,
  }),
  row({
    id: "6",
    icon: "run",
    title: "npm test -- --test-name-pattern='a cart counts quantities and discounts': 2 failed",
    state: "failed",
    details: [{ kind: "output", text: OUTPUT }],
  }),
  row({ id: "7", icon: "said", title: "You: leave the tests as they are", details: [], regenerable: false }),
  row({ id: "8", icon: "compaction", title: "Shortened 3 old results to make room, 21K → 9K tokens" }),
  row({ id: "9", icon: "create", title: "Created discount.ts +14", details: [{ kind: "diff", text: DIFF }] }),
  row({ id: "10", icon: "check", title: "Checked with npm test: passed", details: [{ kind: "output", text: OUTPUT }] }),
];

export const SUMMARY: AgentSummary = {
  title: "Done and checked",
  tone: "good",
  changed: [
    { path: "src/cart.ts", added: 3, removed: 1, created: false },
    { path: "src/pricing/rules/seasonal/discount.ts", added: 14, removed: 0, created: true },
  ],
  checked: "npm test: 12 passed",
  left: [],
  canContinue: false,
  undoable: true,
};

export const APPROVAL: Approval = {
  id: "p1",
  kind: "command",
  text: "npm test -- --test-name-pattern='a cart counts quantities and discounts' --test-reporter=spec",
  detail: "in shop/packages/cart",
};

export const RUNNING_ROW = row({
  id: "r",
  icon: "edit",
  title: "Editing cart.ts",
  state: "running",
  details: [],
  thought: { ...thought, budget: 256, running: true },
  restorable: false,
  regenerable: false,
});

/** An agent's turn. */
export const agentTurn = (agent: Partial<AgentTurn> = {}, change: Partial<Reply> = {}): Turn =>
  turn({
    text: "The cart's total ignores quantities. Fix it.",
    references: [],
    links: [],
    agent: { rows: ROWS, ...agent },
    reply: reply({
      thought: "",
      thoughtTokens: 0,
      answer: "`total` now multiplies each price by its quantity.",
      ...change,
    }),
  });

export const runningAgent = (agent: Partial<AgentTurn> = {}, change: Partial<Reply> = {}) =>
  agentTurn(agent, { state: "thinking", answer: "", usage: undefined, ...change });

export const settings: AgentSettings = { available: true, plan: "1024", step: "256", tools: 2 };
export const agentComposer = (change: Partial<AgentSettings> = {}) =>
  composer({ mode: "agent", agent: { ...settings, ...change } });

const shown = (...turns: Turn[]): ToPage[] => [model(), agentComposer(), conversation(...turns)];

export const AGENT_STATES: Record<string, ToPage[]> = {
  "agent-ready": [model(), agentComposer({ tools: 0 }), conversation()],
  "agent-unavailable": [
    model(),
    agentComposer({ available: false, why: "Agent is off because this workspace is not trusted" }),
    conversation(turn()),
  ],
  "agent-begins": shown(runningAgent({ rows: [{ ...RUNNING_ROW, icon: "plan", title: "Making a plan" }] })),
  "agent-runs": shown(runningAgent({ rows: [...ROWS.slice(0, 4), RUNNING_ROW] })),
  "agent-reads": shown(
    runningAgent({ rows: ROWS.slice(0, 3) }, { state: "reading", reading: { read: 320, total: 1210 } }),
  ),
  "agent-asks": shown(runningAgent({ rows: ROWS.slice(0, 4), approval: APPROVAL })),
  "agent-asks-check": shown(
    runningAgent({
      rows: ROWS.slice(0, 4),
      approval: { id: "p2", kind: "check", text: "npm test", detail: "in shop" },
    }),
  ),
  "agent-asks-read": shown(
    runningAgent({
      rows: ROWS.slice(0, 2),
      approval: { id: "p3", kind: "read", text: ".env", detail: "It may hold secrets." },
    }),
  ),
  "agent-asks-edit": shown(
    runningAgent({ rows: ROWS.slice(0, 3), approval: { id: "p4", kind: "edit", text: DIFF, detail: "src/cart.ts" } }),
  ),
  "agent-done": shown(agentTurn({ summary: SUMMARY })),
  "agent-limit": shown(
    agentTurn(
      {
        rows: ROWS.slice(0, 6),
        summary: {
          ...SUMMARY,
          title: "Stopped after 20 steps: the limit is reached",
          tone: "bad",
          checked: "npm test: 2 failed",
          left: [
            "a cart counts quantities: 3 !== 6",
            "src/cart.ts:12 Property 'quantity' does not exist on type 'Item'.",
          ],
          canContinue: true,
        },
      },
      { answer: "", usage },
    ),
  ),
  "agent-interrupted": shown(
    agentTurn(
      {
        rows: ROWS.slice(0, 4),
        summary: {
          ...SUMMARY,
          title: "2 files changed, not checked",
          tone: "neutral",
          checked: undefined,
          canContinue: true,
        },
      },
      {
        state: "interrupted",
        answer: "",
        usage: undefined,
        error: { message: "the engine ended unexpectedly", next: "It is restarting.", actions: ["showLog"] },
      },
    ),
  ),
  "agent-stopped": shown(
    agentTurn(
      {
        rows: ROWS.slice(0, 2),
        summary: {
          ...{ title: "Stopped", tone: "neutral", changed: [], left: [], canContinue: true, undoable: false },
        },
      },
      { state: "stopped", answer: "", usage: undefined },
    ),
  ),
  "agent-steered": [
    ...shown(runningAgent({ rows: [...ROWS.slice(0, 2), ROWS[6]!, RUNNING_ROW] })),
    composer({
      mode: "agent",
      agent: settings,
      attachments: [attachment({ implicit: true })],
      queued: [{ id: "q1", text: "And then?" }],
    }),
  ],
};

/** Every state of the page. */
export const ALL_STATES: Record<string, ToPage[]> = { ...STATES, ...AGENT_STATES };
