/** The chat panel as a user sees it: its elements, and the actions that tests have in common. */
import path from "node:path";
import type { FrameLocator, Locator } from "playwright-core";
import type { StoredConversation } from "../../../src/chat/conversation.ts";
import type { Received } from "../../support/engineHook.ts";
import { holdEngine, type Pace } from "../../support/pace.ts";
import { storedChats } from "../host/storedChats.ts";
import type { Workbench } from "./fixture.ts";

/** Enough for a short thought and the first words of an answer, but not for a long answer. */
const SOME_STEPS = 60;

export class ChatPanel {
  readonly workbench: Workbench;
  private pace: Pace | undefined;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
  }

  /** Opens the panel by the keyboard. The cursor is in the composer then. */
  async open(): Promise<void> {
    await this.workbench.page.keyboard.press("Control+Alt+m");
    await this.cursor();
  }

  /** Waits until typing goes into the composer: the focus arrives after the panel is visible. */
  async cursor(): Promise<void> {
    // `:focus` holds only in the frame that has the window's focus.
    await this.frame.locator(".composer textarea:focus").waitFor();
  }

  /** Begins another conversation. The cursor is in the composer then. */
  async startNew(): Promise<void> {
    await this.workbench.runCommand("Nemotron: New Chat");
    await this.frame.locator(".welcome").waitFor();
    await this.cursor();
  }

  /** Begins another conversation, with the agent. */
  async startAgent(): Promise<void> {
    await this.startNew();
    await this.frame.getByRole("radio", { name: "Agent", exact: true }).check();
  }

  get frame(): FrameLocator {
    return this.workbench.chat;
  }
  /** The field for the question. */
  get input(): Locator {
    return this.frame.locator(".composer textarea");
  }
  get turns(): Locator {
    return this.frame.locator(".turn");
  }
  get last(): Locator {
    return this.turns.last();
  }
  get answer(): Locator {
    return this.last.locator(".answer");
  }
  get chips(): Locator {
    return this.frame.locator(".composer .chip:has(.chip-remove)");
  }
  get meter(): Locator {
    return this.frame.locator(".composer .meter");
  }
  get overflow(): Locator {
    return this.frame.locator(".banner.warning", { hasText: "too long" });
  }

  /** The download offer of a chat without a model. */
  get getModel(): Locator {
    return this.button(/^Download .+ · .+ GB$/);
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** The conversation on disk that changed last. */
  stored(): StoredConversation | undefined {
    return this.storedAll()[0];
  }

  storedAll(): StoredConversation[] {
    return storedChats(path.join(this.workbench.server.directory, "data"));
  }

  /** Types the question and sends it. Resolves when the reply has begun. */
  async ask(text: string): Promise<void> {
    const count = await this.turns.count();
    await this.input.fill(text);
    await this.input.press("Enter");
    await this.turns.nth(count).waitFor();
  }

  /** Waits until the last reply is over and its answer has these words. */
  async answered(words: string | RegExp): Promise<void> {
    await this.answer.filter({ hasText: words }).waitFor();
    await this.over();
  }

  /** Waits for an explanation. The focus can arrive in the composer after it, and would interrupt the next step. */
  async explained(words: string | RegExp): Promise<void> {
    await this.answered(words);
    await this.cursor();
  }

  /** Waits until the last reply is over, in whichever state. */
  async over(): Promise<void> {
    await this.last.locator('.reply[aria-busy="false"]').waitFor();
  }

  /** Sets the thinking budget of the chat. */
  async think(budget: string): Promise<void> {
    await this.frame.getByLabel("Thinking", { exact: true }).selectOption(budget);
  }

  /** Holds the model: until `release` it works only when `step` lets it. */
  async hold(): Promise<void> {
    await this.release();
    this.pace = await holdEngine(this.workbench.server.pid);
  }

  /** Lets the held model read a chunk or write a token, this many times. */
  async step(steps = SOME_STEPS): Promise<void> {
    await this.pace?.step(steps);
  }

  /** Does something that sends a message to the held engine, and waits until the engine has received it. */
  async untilReceived(message: Received, act: () => Promise<unknown>): Promise<void> {
    await this.pace?.untilReceived(message, act);
  }

  async release(): Promise<void> {
    const { pace } = this;
    this.pace = undefined;
    await pace?.end();
  }

  /** Stops a reply of the held model. */
  async stop(act = () => this.button("Stop").click()): Promise<void> {
    await this.untilReceived("cancel", act);
    await this.release();
    await this.over();
  }
}

export const textOf = async (element: Locator) => (await element.textContent()) ?? "";
