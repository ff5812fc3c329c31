/** Answers the requests of the agent that runs in this window. */
import { type CancellationToken, CancellationTokenSource } from "vscode";
import type { Approval } from "../../media/agent.ts";
import type {
  ApproveParams,
  ApproveResult,
  CallToolParams,
  CallToolResult,
  ProblemsParams,
  ProblemsResult,
  RunParams,
  RunResult,
  SymbolsParams,
  SymbolsResult,
  WorkspaceEditParams,
  WorkspaceEditResult,
} from "../../server/protocol.ts";
import type { WorkspaceRequests } from "../client/workspace.ts";
import { setting } from "../config.ts";
import type { Approvals } from "./approvals.ts";
import { problems, symbols } from "./editorKnows.ts";
import { type AgentEdits, saveAll } from "./edits.ts";
import type { FurtherTools } from "./furtherTools.ts";
import type { Journals } from "./journal.ts";
import { runInTerminal } from "./terminal.ts";
import { TypedChanges } from "./typedChanges.ts";

/** The running turn. `step`: the row of its step. `show`: shows a question to the user. */
export type RunningTurn = {
  turn: string;
  step: () => string | undefined;
  show: (approval: Approval | undefined) => void;
};

/** `over`: cancelled when the turn was stopped or has ended. */
type Scope = RunningTurn & { typed: TypedChanges; over: CancellationTokenSource };

export class AgentWorkspace implements WorkspaceRequests {
  private readonly edits: AgentEdits;
  private readonly journals: Journals;
  readonly approvals: Approvals;
  readonly tools: FurtherTools;
  private scope: Scope | undefined;

  constructor(parts: { edits: AgentEdits; journals: Journals; approvals: Approvals; tools: FurtherTools }) {
    this.tools = parts.tools;
    this.edits = parts.edits;
    this.journals = parts.journals;
    this.approvals = parts.approvals;
  }

  /** From now on requests belong to this turn. Call the returned function when it has ended: then nothing of it runs. */
  begin(running: RunningTurn): () => void {
    const scope: Scope = { ...running, typed: new TypedChanges(), over: new CancellationTokenSource() };
    this.scope = scope;
    return () => {
      scope.typed.dispose();
      scope.over.cancel();
      scope.over.dispose();
      if (this.scope === scope) this.scope = undefined;
    };
  }

  /** The user has stopped the agent: nothing more is done or asked for it. */
  stop(): void {
    this.scope?.over.cancel();
  }

  async approve({ subject }: ApproveParams, token: CancellationToken): Promise<ApproveResult> {
    const { scope } = this;
    if (!scope) return { answer: "no" };
    return withEither([scope.over.token, token], (either) => this.approvals.ask(subject, scope.show, either));
  }

  async edit(params: WorkspaceEditParams): Promise<WorkspaceEditResult> {
    const { scope } = this;
    if (!scope || scope.over.token.isCancellationRequested) return { applied: false };
    const allow = (file: string, diff: string) => this.approvals.askEdit(file, diff, scope.show, scope.over.token);
    const asks = setting("agent.askBeforeEdits");
    const { turn, typed } = scope;
    return this.edits.make(params, { turn, step: scope.step() ?? "", ...(asks && { allow }) }, typed);
  }

  /** A command sees the files on the disk, so the agent's edits are saved first. */
  async run(params: RunParams, onOutput: (text: string) => void, token: CancellationToken): Promise<RunResult> {
    const { scope } = this;
    if (!scope) return {};
    const unsaved = await saveAll((await this.journals.changes(scope.turn)).map(({ uri }) => uri));
    if (unsaved.length > 0) throw new Error(`These files could not be saved: ${unsaved.join(", ")}`);
    return withEither([scope.over.token, token], (either) => runInTerminal(params, onOutput, either));
  }

  async problems(params: ProblemsParams, token: CancellationToken): Promise<ProblemsResult> {
    return problems(params, token);
  }

  async symbols(params: SymbolsParams): Promise<SymbolsResult> {
    return symbols(params);
  }

  async callTool(params: CallToolParams, token: CancellationToken): Promise<CallToolResult> {
    const { scope } = this;
    if (!scope) return { content: "" };
    return withEither([scope.over.token, token], (either) => this.tools.call(params, either));
  }
}

/** Does the work with a token that is cancelled when one of these is. */
async function withEither<R>(
  tokens: readonly CancellationToken[],
  work: (token: CancellationToken) => Promise<R>,
): Promise<R> {
  const source = new CancellationTokenSource();
  if (tokens.some((token) => token.isCancellationRequested)) source.cancel();
  const listeners = tokens.map((token) => token.onCancellationRequested(() => source.cancel()));
  try {
    return await work(source.token);
  } finally {
    for (const listener of listeners) listener.dispose();
    source.dispose();
  }
}
