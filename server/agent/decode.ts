/** Decodes one step. A reply that cannot be carried out is decoded again, from the state before it. */
import { EngineError, type RespondRequest } from "../engine/engine.ts";
import type { CollectedReply, ReportProgress } from "../features/replies.ts";
import type { AgentProgress, ReplyProgress, RewindReason, Tool } from "../protocol.ts";
import { type Fault, faultOf, type JudgeContext } from "./judge.ts";
import { possibleCalls } from "./possible.ts";
import { isOwn } from "./tools/tools.ts";

/** How often a step is decoded again. */
const MAX_REWINDS = 2;
/** Sampling of the second rewind: the first one may be greedy, and another reply must come out. */
const SAMPLED = { temperature: 0.7, topP: 0.95 };

/** A reply that the agent acts on. */
export type StepReply = Pick<CollectedReply, "answer" | "thought" | "toolCalls" | "stopReason" | "usage">;

/** Thrown when no reply could be carried out. `reason`: of the last reply. */
export class StuckError extends Error {
  override readonly name = "StuckError";
  readonly reason: RewindReason;

  constructor(reason: RewindReason) {
    super(reason);
    this.reason = reason;
  }
}

export type DecodeOptions = {
  request: RespondRequest;
  /** Starts a reply, and streams it to its end. */
  respond: (request: RespondRequest, report: ReportProgress) => Promise<CollectedReply>;
  judging: JudgeContext;
  report: (progress: AgentProgress) => void;
};

/**
 * A reply that can be carried out. Throws StuckError if there is none after two rewinds, EngineError, or the signal's
 * reason.
 */
export async function decodeStep({ request, respond, judging, report }: DecodeOptions): Promise<StepReply> {
  let reply = await attempt(request, respond, report);
  let fault = await faultIn(reply, judging);
  for (let again = 1; fault; again++) {
    if (again > MAX_REWINDS) throw new StuckError(fault.reason);
    report({ type: "rewind", reason: fault.reason, call: fault.call, again });
    const { calls, orText } = possibleCalls(fault, judging.tools, judging.shown);
    const confined: RespondRequest = {
      ...request,
      // The thought has led to the fault, so there is none this time.
      thinking: { mode: "off" },
      sampling: again > 1 ? { ...request.sampling, ...SAMPLED } : request.sampling,
      toolChoice: "required",
      singleCall: true,
      orText,
    };
    const confine = (possibleCalls: Tool[]) => attempt({ ...confined, possibleCalls }, respond, report);
    reply = await confine(calls).catch((error) => {
      // No grammar can follow the schemas of some tools of clients.
      if (error instanceof EngineError && error.code === "badSchema") return confine(calls.filter(isOwn));
      throw error;
    });
    fault = await faultIn(reply, judging);
  }
  return reply!;
}

/** Undefined for a call that cannot be read. */
async function attempt(
  request: RespondRequest,
  respond: DecodeOptions["respond"],
  report: DecodeOptions["report"],
): Promise<StepReply | undefined> {
  try {
    return await respond(request, (progress) => {
      const event = agentProgress(progress);
      if (event) report(event);
    });
  } catch (error) {
    if (error instanceof EngineError && error.code === "badCall") return undefined;
    throw error;
  }
}

async function faultIn(reply: StepReply | undefined, judging: JudgeContext): Promise<Fault | undefined> {
  if (!reply) return { reason: "badArguments" };
  const { answer, toolCalls, stopReason } = reply;
  // A call that was cut off is not among the calls.
  if (stopReason === "length" && toolCalls.length === 0) return { reason: "badArguments" };
  return faultOf({ text: answer, calls: toolCalls }, judging);
}

function agentProgress(progress: ReplyProgress): AgentProgress | undefined {
  switch (progress.type) {
    case "answer":
      return { ...progress, type: "text" };
    case "revised":
      return { type: "revised", thought: progress.thought, text: progress.answer };
    case "reading":
    case "thought":
      return progress;
    default:
      return undefined;
  }
}
