/** Runs the agent's loop with scripted replies, on a project with one wrong file. */
import { runAgent } from "../../../server/agent/agent.ts";
import { AgentControl } from "../../../server/agent/control.ts";
import type { AgentDeps } from "../../../server/agent/deps.ts";
import type { ReplyEvent, RespondRequest } from "../../../server/engine/engine.ts";
import type { AgentParams, AgentProgress, AgentResult, Message, ToolCall } from "../../../server/protocol.ts";
import { countTokens, documentsOf, END, signal as never, worldOf } from "../features/support.ts";
import { type Project, projectOf } from "./support.ts";

export const FILE = "def add(a, b):\n    return a - b\n";
export const WRONG = "2|     return a - b";
export const call = (name: string, args: ToolCall["arguments"]): ReplyEvent => ({
  type: "toolCall",
  toolCall: { name, arguments: args },
});
export const said = (text: string): ReplyEvent[] => [{ type: "answer", text, tokens: 1 }, END];
export const READ = [call("read", { path: "add.py" }), END];
export const EDIT = [call("edit", { path: "add.py", from: WRONG, to: WRONG, text: "    return a + b" }), END];
export const DONE = said("It adds now.");
export const CHECK = "grep -q 'a + b' add.py";

export type Run = { result: AgentResult; events: AgentProgress[]; requests: RespondRequest[]; project: Project };

/** The last reply is repeated. `deps`: replaces parts of the world. */
export async function run(
  replies: ReplyEvent[][],
  params: Partial<AgentParams> = {},
  more: {
    project?: Project;
    onEvent?: (event: AgentProgress, control: AgentControl) => void;
    contextTokens?: number;
    deps?: (engine: AgentDeps["engine"]) => Partial<AgentDeps>;
  } = {},
): Promise<Run> {
  const project = more.project ?? (await projectOf({ "add.py": FILE }));
  const { deps, responded } = worldOf(documentsOf(), replies);
  deps.engine.model = async () => ({ contextTokens: more.contextTokens ?? 32_768, dialect: "nano-v2" }) as never;
  deps.engine.countTokens = async (texts, signal) => {
    signal?.throwIfAborted();
    return countTokens(texts);
  };
  const events: AgentProgress[] = [];
  const control = new AgentControl();
  const report = (event: AgentProgress) => {
    events.push(event);
    more.onEvent?.(event, control);
  };
  const messages: Message[] = [{ role: "user", content: "make add add" }];
  const all = { messages, check: CHECK, ...params };
  const whole = { ...deps, workspace: project.workspace, control, report, ...more.deps?.(deps.engine) };
  const result = await runAgent(all, whole, never);
  return { result, events, requests: responded, project };
}
export const types = (events: readonly AgentProgress[], ...of: AgentProgress["type"][]) =>
  events.map(({ type }) => type).filter((type) => of.includes(type));

export const rewinds = (events: readonly AgentProgress[]) =>
  events.flatMap((event) => (event.type === "rewind" ? [event.reason] : []));
