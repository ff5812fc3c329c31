/** VS Code's own chat view, as a user sees it. */
import type { Locator } from "playwright-core";
import { happens, type WorkbenchOptions } from "../host/workbench.ts";
import type { Workbench } from "./fixture.ts";

/** With VS Code's own chat and the extensions that belong to it. */
export const withBuiltInChat = (options: WorkbenchOptions = {}): WorkbenchOptions => ({
  ...options,
  allBuiltIns: true,
  settings: { "chat.disableAIFeatures": false, ...options.settings },
});

export class BuiltInChat {
  readonly workbench: Workbench;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
  }

  /** By the keyboard, with the cursor in its input. */
  async open(): Promise<void> {
    await this.workbench.page.keyboard.press("Control+Alt+i");
    await this.cursor();
  }

  private async cursor(): Promise<void> {
    await this.input.and(this.workbench.page.locator(".focused")).waitFor();
  }

  get view(): Locator {
    return this.workbench.page.locator(".interactive-session").last();
  }
  get input(): Locator {
    return this.view.locator(".chat-input-container .monaco-editor").last();
  }
  get questions(): Locator {
    return this.view.locator(".interactive-item-container.interactive-request");
  }
  get last(): Locator {
    return this.view.locator(".interactive-item-container.interactive-response").last();
  }
  /** There while an answer is being written. */
  get stop(): Locator {
    return this.view.locator(".chat-input-container .codicon-stop-circle").first();
  }

  /** Types the prompt and sends it. Returns when VS Code has taken it. Only what is in sight is drawn, so nothing is counted. */
  async ask(prompt: string): Promise<void> {
    const { page } = this.workbench;
    const words = prompt.replace("@nemotron", "").trim();
    const written = this.input.locator(".view-lines").filter({ hasText: words });
    const question = this.questions.filter({ hasText: words }).last();
    // A view that is still being set up empties its input, or forgets what it was sent; half a prompt is one for VS Code's
    // own agent. The same may have been asked before: that it is taken shows where it was written.
    await this.workbench.until(async () => {
      if (!(await written.isVisible())) {
        await this.input.click();
        await this.cursor();
        // What goes on with the same participant is written behind its name.
        if (prompt.startsWith("@")) await page.keyboard.press("Control+a");
        await page.keyboard.type(prompt);
        // The list of participants and commands is in the way of Enter.
        await page.locator(".suggest-widget.visible").waitFor({ state: "hidden" });
        if (!(await happens(written.waitFor({ timeout: 5000 })))) return false;
      }
      await page.keyboard.press("Enter");
      if (!(await happens(written.waitFor({ state: "detached", timeout: 10_000 })))) return false;
      return happens(question.waitFor({ timeout: 20_000 }));
    }, `${prompt} is asked`);
  }

  /** What is selected goes along by itself, a moment later: `cart.ts:1`. */
  async takes(selection: string): Promise<void> {
    await this.view.locator(".chat-input-container .chat-attached-context", { hasText: selection }).waitFor();
  }

  /** The last answer is over, and has these words. */
  async answered(words: string | RegExp): Promise<void> {
    await this.last.filter({ hasText: words }).waitFor();
    await this.over();
  }

  async over(): Promise<void> {
    await this.stop.waitFor({ state: "hidden" });
  }
}
