/** The agent: works on the files of a workspace with tools, step by step, until the task is done. */
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import { layOutConversation } from "../features/chat/conversation.ts";
import type { AgentParams, AgentResult, Message } from "../protocol.ts";
import type { AgentDeps } from "./deps.ts";
import { AgentLoop } from "./loop.ts";
import { AGENT_PROMPT } from "./prompt.ts";
import { toolsFor } from "./tools/tools.ts";

/**
 * Runs the agent to its end; `control` steers it. Throws ResponseError InvalidParams for a conversation that cannot be
 * continued, EngineError, and the signal's reason. Everything done before an error has been reported.
 */
export async function runAgent(params: AgentParams, deps: AgentDeps, signal: AbortSignal): Promise<AgentResult> {
  check(params);
  const { workspace, report, summaries } = deps;
  summaries.stop();
  const tools = [...toolsFor(workspace), ...(params.tools ?? [])];
  const system: Message = { role: "system", content: AGENT_PROMPT };
  const { messages, context, conversation } = params;
  const { prompt, userContent } = await layOutConversation(
    { messages: [system, ...messages], context, tools, conversation },
    deps,
    signal,
  );
  report({ type: "prompt", userContent });
  const asked = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const result = await new AgentLoop(params, prompt, asked, deps, signal).run();
  void summaries.sumUp({ ...prompt, messages: [system, ...result.messages] }, result.usage.promptTokens);
  return { ...result, userContent };
}

function check({ messages, tools = [] }: AgentParams): void {
  if (messages.at(-1)?.role !== "user") throw invalid("the last message must be the user's");
  if (messages.some(({ role }) => role === "system")) throw invalid("the system message is the agent's own");
  const own = new Set(toolsFor({ run: async () => ({}) }).map(({ name }) => name));
  const taken = tools.find(({ name }) => own.has(name));
  if (taken) throw invalid(`tools has a tool with the name of one of the agent's own: ${taken.name}`);
}

const invalid = (what: string) => new ResponseError(ErrorCodes.InvalidParams, `Invalid params: ${what}.`);
