/** VS Code's own chat view, as a user sees it. */
import type { Locator } from "playwright-core";
import { succeeds, type WorkbenchOptions } from "../host/workbench.ts";
import type { Workbench } from "./fixture.ts";

/** Options of a workbench with VS Code's own chat and its extensions. */
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

  /** Opens it by the keyboard. The cursor is in its input then. */
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
  /** The Stop button, which is there while an answer is being written. */
  get stop(): Locator {
    return this.view.locator(".chat-input-container .codicon-stop-circle").first();
  }

  /** Types the prompt and sends it. Resolves when VS Code has taken it. VS Code draws only what is in view. */
  async ask(prompt: string): Promise<void> {
    const { page } = this.workbench;
    const words = prompt.replace("@nemotron", "").trim();
    const written = this.input.locator(".view-lines").filter({ hasText: words });
    const question = this.questions.filter({ hasText: words }).last();
    // While the view is being set up, it may empty its input or lose a prompt, and half a prompt goes to VS Code's own
    // agent. The same prompt may have been asked before, so the empty input shows that it was taken.
    await this.workbench.until(async () => {
      if (!(await written.isVisible())) {
        await this.input.click();
        await this.cursor();
        // VS Code has put the participant's name into the input for a follow-up.
        if (prompt.startsWith("@")) await page.keyboard.press("Control+a");
        await page.keyboard.type(prompt);
        // Enter would choose from the list of participants and commands.
        await page.locator(".suggest-widget.visible").waitFor({ state: "hidden" });
        if (!(await succeeds(written.waitFor({ timeout: 5000 })))) return false;
      }
      await page.keyboard.press("Enter");
      if (!(await succeeds(written.waitFor({ state: "detached", timeout: 10_000 })))) return false;
      return succeeds(question.waitFor({ timeout: 20_000 }));
    }, `${prompt} is asked`);
  }

  /** Waits until the selection is attached automatically, for example `cart.ts:1`. */
  async takes(selection: string): Promise<void> {
    await this.view.locator(".chat-input-container .chat-attached-context", { hasText: selection }).waitFor();
  }

  /** Waits until the last answer is over and has these words. */
  async answered(words: string | RegExp): Promise<void> {
    await this.last.filter({ hasText: words }).waitFor();
    await this.over();
  }

  async over(): Promise<void> {
    await this.stop.waitFor({ state: "hidden" });
  }
}
