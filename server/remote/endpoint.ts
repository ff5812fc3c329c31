/** A connected endpoint: its kind, what it refuses, and how to request a reply. */
import type OpenAI from "openai";
import type { ModelInfo } from "../protocol.ts";
import { controlAnswer } from "./answers.ts";
import type { Client } from "./client.ts";
import type { TokenCounter } from "./counter.ts";
import { type EndpointProfile, endsThoughts, separatesThoughts } from "./endpointKinds.ts";
import { endpointError } from "./errors.ts";
import { mayRefusePrefill, refusedParameters, refusesPrefill, withoutRefused } from "./refusals.ts";
import type { Body } from "./request.ts";
import { type Received, readReply } from "./stream.ts";

/** After this many replies without a thought, text no longer counts as a thought. */
const UNOPENED = 2;
/** Time-out for steering a running reply, ms. */
const CONTROL_MS = 3000;

export class RemoteEndpoint {
  readonly info: ModelInfo;
  readonly counter: TokenCounter;
  /** A thought has come in its own field, so no text is a thought. */
  private hasSeparated = false;
  private readonly client: Client;
  private readonly apiKey: string | undefined;
  /** The profile before the endpoint refused anything. */
  private readonly firstProfile: EndpointProfile;
  /** Whether text has begun inside a thought, for replies that think and for others. */
  private readonly seenToOpen = new Map<boolean, boolean>();
  /** Consecutive replies without an expected thought. */
  private unopened = 0;
  /** Parameters that the endpoint has refused. They are not sent again. */
  private refused: ReadonlySet<string> = new Set();
  /** The endpoint does not let a client begin the model's turn. */
  private cannotContinue = false;
  /** The endpoint accepted a thought budget and ignored it. */
  private ignoresBudget = false;
  private cannotEndThoughts = false;

  constructor(
    client: Client,
    apiKey: string | undefined,
    profile: EndpointProfile,
    info: ModelInfo,
    counter: TokenCounter,
  ) {
    this.client = client;
    this.apiKey = apiKey;
    this.firstProfile = profile;
    this.info = info;
    this.counter = counter;
  }

  get profile(): EndpointProfile {
    return this.profileOf(this.refused, this.cannotContinue);
  }

  /** Whether text begins inside a thought, in replies that think (`on`) or do not. */
  opensInThought(on: boolean): boolean {
    const known = on && this.firstProfile.opensThought && !separatesThoughts(this.firstProfile.kind);
    return !this.hasSeparated && (this.seenToOpen.get(on) ?? known);
  }

  /** Records that a thought came in its own field. */
  recordSeparateThought(): void {
    this.hasSeparated = true;
  }

  /** Records whether the text of a reply began inside a thought. */
  recordThoughtOpening(on: boolean, opens: boolean): void {
    this.unopened = opens ? 0 : this.unopened + 1;
    // A model that thinks although it should not also thinks when it should.
    if (opens) this.seenToOpen.set(true, true);
    // One answer without a thought says little about a model that should think.
    else if (on && this.unopened >= UNOPENED) this.seenToOpen.set(true, false);
    if (!on) this.seenToOpen.set(false, opens);
  }

  /** Requests a reply, and again without each parameter that the endpoint refuses. Throws what the client throws. */
  async open(build: (profile: EndpointProfile) => Body, signal: AbortSignal): Promise<AsyncIterable<Received>> {
    const refused = new Set(this.refused);
    let { cannotContinue } = this;
    for (;;) {
      const profile = this.profileOf(refused, cannotContinue);
      const body = withoutRefused(build(profile), refused);
      try {
        const response = await this.chat.create({ ...body, stream: true }, { signal }).asResponse();
        const reply = await begun(readReply(response));
        // Only refusals that led to a reply are remembered.
        this.refused = refused;
        this.cannotContinue = cannotContinue;
        return reply;
      } catch (error) {
        const isPrefilled = body.messages.at(-1)?.role === "assistant" && profile.continuation !== "again";
        const names = isPrefilled && refusesPrefill(error) ? [] : refusedParameters(error, Object.keys(body));
        for (const name of names) refused.add(name);
        if (names.length > 0) continue;
        if (!isPrefilled || !mayRefusePrefill(error)) throw error;
        cannotContinue = true;
      }
    }
  }

  /** Records that a thought exceeded its budget by more than the endpoint may take to close it. */
  recordBudgetPassed(): void {
    this.ignoresBudget = true;
  }

  /** Tells the endpoint to end a thought, by its id of the reply. Returns whether it does. Never throws. */
  async endThought(id: string | undefined): Promise<boolean> {
    if (id === undefined || this.cannotEndThoughts || !endsThoughts(this.profile)) return false;
    const body = { id, action: "reasoning_end", model: this.profile.model };
    try {
      const options = { body, timeout: CONTROL_MS, maxRetries: 0 };
      const answer = await this.client.openai.post<unknown>("/chat/completions/control", options);
      return controlAnswer.safeParse(answer).data?.success ?? false;
    } catch {
      this.cannotEndThoughts = true;
      return false;
    }
  }

  /** The named error for any error. @param midReply a part of the reply has arrived. */
  toNamedError(error: unknown, midReply: boolean): Error {
    return endpointError(error, {
      host: this.info.remote?.host ?? "",
      model: this.profile.model,
      apiKey: this.apiKey,
      contextTokens: this.info.contextTokens,
      midReply,
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private profileOf(refused: ReadonlySet<string>, cannotContinue: boolean): EndpointProfile {
    const again = cannotContinue || refused.has("continue_final_message") || refused.has("add_generation_prompt");
    const noBudget = this.firstProfile.kind === "vllm" && (this.ignoresBudget || refused.has("thinking_token_budget"));
    const { firstProfile } = this;
    const continuation = again ? "again" : firstProfile.continuation;
    return { ...firstProfile, continuation, hasBudget: firstProfile.hasBudget && !noBudget };
  }

  private get chat(): OpenAI["chat"]["completions"] {
    return this.client.openai.chat.completions;
  }
}

/** Waits for the first piece: some endpoints answer with a success status, and refuse in the stream. */
async function begun(reply: AsyncGenerator<Received>): Promise<AsyncIterable<Received>> {
  const first = await reply.next();
  return (async function* () {
    try {
      if (!first.done) yield first.value;
      yield* reply;
    } finally {
      await reply.return(undefined);
    }
  })();
}
