/**
 * An editor window as the server sees it: it starts the server, asks, and remembers what it was shown.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  type ChatResult,
  type CountResult,
  type EditResult,
  ErrorCode,
  Method,
  type ReplyProgress,
  type ResumeResult,
  type Status,
} from "../../server/protocol.ts";
import { Client, TOY } from "../support/client.ts";
import { childrenOf, signal } from "../support/processes.ts";
import { Conversation, partialReplyFault, replyFault } from "./conversation.ts";
import type { Stage } from "./plan.ts";
import { editParams, ONE_THREAD, type Reference } from "./reference.ts";
import { type ChatStep, farewells, type Step } from "./script.ts";
import { errorFault, type Failure, Hang, type Violation, within } from "./violations.ts";
import { documentIn, type World } from "./world.ts";

/** Time limit of a step, ms: a stopped process can take time, and the machine can be busy. */
const STEP_MS = 60_000;
const OPEN_MS = 30_000;
/** How long an editor waits for its server to end before it ends it, ms. */
const CLOSE_MS = 5000;
/** Pause before a retry, ms: no user clicks faster. */
const RETRY_MS = 150;
/**
 * A window that comes back after its server's death finds the host still running, as long as that takes on a busy
 * machine.
 */
export const KEPT = ["--keep-alive", "2"];
const METHOD_NOT_FOUND = -32601;

export type WindowOptions = {
  index: number;
  world: World;
  reference: Reference;
  /** Uses a separate process as the extension host. */
  hasParent: boolean;
  /** A stage has begun. The returned promise is awaited when nothing is running. */
  onStage: (window: Window, stage: Stage, step: number) => Promise<void>;
  violate: (violation: Violation) => void;
};

export class Window {
  readonly index: number;
  client: Client | undefined;
  /** The current stage, for faults that must hit it. */
  stage: Stage | undefined;
  step = -1;
  /** Requests that failed. */
  readonly failures: Failure[] = [];
  /** Replies that were running when the server ended, and could not be resumed. */
  notKept = 0;
  private readonly options: WindowOptions;
  private readonly owner = randomUUID();
  private readonly workspace: string;
  private readonly original: string;
  private readonly conversations = [new Conversation(), new Conversation()];

  constructor(options: WindowOptions) {
    this.options = options;
    this.index = options.index;
    this.workspace = options.world.workspace(options.index);
    this.original = readFileSync(documentIn(this.workspace), "utf8");
  }

  /** The id of the language server. */
  get serverPid(): number | undefined {
    const pid = this.client?.process.pid;
    return this.options.hasParent && pid !== undefined ? childrenOf(pid)[0] : pid;
  }

  get status(): Status {
    return this.client?.status ?? { type: "noModel" };
  }

  async live(script: Step[]): Promise<void> {
    await this.open();
    for (const [i, step] of script.entries()) {
      this.step = i;
      await this.begun("saving");
      await this.perform(step);
    }
    this.stage = undefined;
  }

  /** Waits for a while; then asks something to check that all is well. */
  async rest(): Promise<void> {
    await this.begun("idle");
    this.step = -1;
    for (const step of farewells().slice(0, 1)) await this.perform(step);
  }

  /** Performs a step, with everything that a user would do for it. */
  async perform(step: Step): Promise<void> {
    const deadline = performance.now() + STEP_MS;
    const attempt = this.attempts(step);
    for (;;)
      try {
        const left = Math.max(1, deadline - performance.now());
        await within(left, `${step.type} of window ${this.index}, ${JSON.stringify(this.status)},`, attempt());
        return;
      } catch (error) {
        if (error instanceof Hang) return this.options.violate({ what: "hang", detail: error.message });
        await pause(RETRY_MS);
        await within(
          STEP_MS,
          `recovery of window ${this.index}, ${JSON.stringify(this.status)},`,
          this.recover(),
        ).catch(({ message }: Error) => this.options.violate({ what: "hang", detail: message }));
      }
  }

  async close(): Promise<void> {
    const { client } = this;
    if (!client) return;
    const pids = [client.process.pid, this.serverPid];
    const leaving = async () => {
      await client.connection.sendNotification(Method.policy, { keepAliveMinutes: 0 });
      // After this the host also knows it.
      await client.request(Method.countTokens, { texts: [""] });
    };
    if (!this.hasEnded) await within(CLOSE_MS, "leaving", leaving()).catch(() => {});
    await within(CLOSE_MS, "closing", client.stop()).catch(() => {
      for (const pid of pids) if (pid !== undefined) signal(pid, "SIGKILL");
    });
    this.client = undefined;
    if (readFileSync(documentIn(this.workspace), "utf8") !== this.original)
      this.options.violate({ what: "document changed", detail: documentIn(this.workspace) });
  }

  /** Starts the server, again each time it ends. */
  async open(): Promise<void> {
    const { world, hasParent } = this.options;
    for (let tries = 1; tries <= 5; tries++) {
      const opening = Client.toy([...ONE_THREAD, ...KEPT], {
        module: hasParent ? "dist/test/faults/extensionHost.mjs" : undefined,
        runtime: world.runtime,
        env: world.env,
        folder: this.workspace,
        initializationOptions: { ownCommands: true, owner: this.owner },
        onStart: (client) => this.started(client),
      });
      try {
        await within(OPEN_MS, "initialize", opening);
        const document = documentIn(this.workspace);
        await this.client!.open(pathToFileURL(document).href, "typescript", this.original);
        return;
      } catch {
        await this.close();
        await pause(RETRY_MS);
      }
    }
    this.options.violate({ what: "hang", detail: `window ${this.index} cannot start its server` });
  }

  private started(client: Client): void {
    this.client = client;
    this.begun("starting");
    // It continues beside other requests.
    void client.until(({ type }) => type === "loading").then(() => this.options.onStage(this, "loading", this.step));
  }

  private begun(stage: Stage): Promise<void> {
    this.stage = stage;
    return this.options.onStage(this, stage, this.step);
  }

  /** Recovers like a user: waits for the model, loads it again if nobody else does, starts a server that has ended. */
  private async recover(): Promise<void> {
    if (!this.client || this.hasEnded) {
      await this.close();
      return this.open();
    }
    const { client } = this;
    const over = (status: Status) =>
      status.type === "ready" || status.type === "busy" || status.type === "noModel" || isGivenUp(status);
    await Promise.race([client.until(over), client.ended]).catch(() => {});
    if (this.hasEnded || client.status.type === "ready" || client.status.type === "busy") return;
    await this.judged(client.request(Method.load, { model: TOY, gpu: "off", contextTokens: 8192, threads: 1 })).catch(
      () => {},
    );
  }

  private get hasEnded(): boolean {
    const { exitCode, signalCode } = this.client!.process;
    return exitCode !== null || signalCode !== null;
  }

  /** A request of this window. A failure is recorded, and must have a good error. */
  private async judged<R>(request: Promise<R>): Promise<R> {
    const { client } = this;
    try {
      return await Promise.race([request, client!.ended]);
    } catch (error) {
      const failure = error as Failure;
      // Only the window itself can tell its own end from that of the connection.
      await pause(20);
      if (!this.hasEnded) {
        const lack = errorFault(failure);
        if (lack) this.options.violate({ what: "unnamed error", detail: `window ${this.index}: ${lack}` });
        this.failures.push(failure);
      }
      throw error;
    }
  }

  /** Each call tries once. */
  private attempts(step: Step): () => Promise<void> {
    if (step.type === "chat") return this.chats(step);
    if (step.type === "edit") return () => this.edit();
    const { id, params } = this.promptOf(step);
    if (step.type === "prepare")
      return async () => {
        await this.judged(this.client!.request(Method.prepare, { ...params, conversation: id }));
      };
    return async () => {
      const right = await this.options.reference.count(params);
      const { promptTokens } = await this.judged(this.client!.request<CountResult>(Method.count, params));
      if (promptTokens !== right) this.wrong(`${promptTokens} tokens were counted, ${right} is right`);
    };
  }

  private promptOf(step: Pick<ChatStep, "conversation" | "content">) {
    const conversation = this.conversations[step.conversation]!;
    const { messages, context } = conversation.params({ ...step, thinking: { mode: "off" } });
    return { id: conversation.id, params: { messages, context } };
  }

  private async edit(): Promise<void> {
    const right = await this.options.reference.edit();
    const uri = pathToFileURL(documentIn(this.workspace)).href;
    const { edits } = await this.judged(this.client!.request<EditResult>(Method.edit, editParams(uri)));
    if (JSON.stringify(edits) !== JSON.stringify(right)) this.wrong(`the edit is ${JSON.stringify(edits)}`);
  }

  private chats(step: ChatStep): () => Promise<void> {
    const conversation = this.conversations[step.conversation]!;
    const params = conversation.params(step);
    let lost: string | undefined;
    return async () => {
      const right = await this.options.reference.chat(params);
      const server = this.client;
      const replyId = lost ?? randomUUID();
      const events: ReplyProgress[] = [];
      try {
        const ask = () => this.ask(params, conversation.id, randomUUID(), events);
        const result =
          lost === undefined
            ? await this.ask(params, conversation.id, replyId, events)
            : await this.resume(lost, ask, events);
        const wrong = replyFault(result, events, right);
        if (wrong) this.wrong(wrong);
        conversation.answered(right);
        await this.begun("settling");
      } catch (error) {
        const loss = partialReplyFault(events, right);
        if (loss) this.options.violate({ what: "text lost", detail: `window ${this.index}: ${loss}` });
        // A reply whose window or server went away continues; a failed one does not.
        const goesOn = events.some(({ type }) => type !== "prompt") && this.client === server && this.hasEnded;
        lost = lost === undefined && goesOn ? replyId : undefined;
        throw error;
      }
    };
  }

  private ask(params: object, conversation: string, replyId: string, events: ReplyProgress[]): Promise<ChatResult> {
    const reply = this.client!.stream<ChatResult>(
      Method.chat,
      { ...params, conversation, replyId },
      this.shown(events),
    );
    return this.judged(reply.result);
  }

  /** What cannot be resumed is asked again. */
  private async resume(
    replyId: string,
    again: () => Promise<ChatResult>,
    events: ReplyProgress[],
  ): Promise<ResumeResult> {
    const { client } = this;
    const reply = client!.stream<ResumeResult>(Method.resume, { replyId }, this.shown(events));
    try {
      return await Promise.race([reply.result, client!.ended]);
    } catch (error) {
      const { code } = error as Failure;
      if (code !== METHOD_NOT_FOUND && code !== ErrorCode.noReply) return this.judged(Promise.reject(error));
      if (code === ErrorCode.noReply) this.notKept++;
      events.length = 0;
      return again();
    }
  }

  private shown(events: ReplyProgress[]): (event: ReplyProgress) => void {
    const seen = new Set<string>();
    return (event) => {
      events.push(event);
      const stage = {
        prompt: undefined,
        reading: "reading",
        thought: "thinking",
        answer: "answering",
        revised: undefined,
        toolCall: undefined,
      } as const;
      const now = stage[event.type];
      if (!now || seen.has(now)) return;
      seen.add(now);
      void this.begun(now);
    };
  }

  private wrong(detail: string): void {
    this.options.violate({ what: "wrong answer", detail: `window ${this.index}, step ${this.step}: ${detail}` });
  }
}

const isGivenUp = (status: Status) => status.type === "failed" && status.retryInMs === undefined;
