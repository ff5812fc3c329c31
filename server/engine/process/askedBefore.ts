/**
 * Tells a conversation from a single question behind examples: both have several user messages, but only a conversation
 * was asked before with fewer of them.
 */
import { createHash } from "node:crypto";
import type { PromptRequest, RespondRequest } from "../engine.ts";

/** How many beginnings to remember. The ones used longest ago are forgotten first. */
const REMEMBERED = 1024;

type Beginning = { questions: number; goesOn: boolean };

export class AskedBefore {
  private readonly beginnings = new Map<string, Beginning>();

  /** Whether nothing shows that a request belongs to a conversation. Remembers the request. */
  isSingle(request: RespondRequest): boolean {
    return request.perhapsOnce === true && request.conversation === undefined && !this.goesOn(request);
  }

  /** Whether a request before this one began with the same messages and had fewer questions. Remembers this one. */
  goesOn({ owner, messages }: Pick<PromptRequest, "owner" | "messages">): boolean {
    const first = messages.findIndex(({ role }) => role === "user");
    const key = createHash("sha256")
      .update(JSON.stringify([owner, messages.slice(0, first + 1)]))
      .digest("base64");
    const questions = messages.filter(({ role }) => role === "user").length;
    const before = this.beginnings.get(key);
    const goesOn = before !== undefined && (before.questions < questions || (before.goesOn && questions > 1));
    this.beginnings.delete(key);
    this.beginnings.set(key, { questions, goesOn });
    if (this.beginnings.size > REMEMBERED) this.beginnings.delete(this.beginnings.keys().next().value!);
    return goesOn;
  }
}
