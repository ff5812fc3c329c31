/**
 * Holds what is typed while the composer opens, which takes a moment. An input is shown only if the user types.
 */
import { t } from "@vscode/l10n";
import { type InputBox, window } from "vscode";
import { captureTyping, type Typed } from "./capture.ts";
import { type OpenedInput, openInput, roundTrip } from "./openInput.ts";

/** Time without a key before the focus moves on, ms. */
const REST_MS = 1000;
/** How long to wait for a first key, ms. */
const FIRST_MS = 80;
/** On a busy machine the first key takes longer: this many round trips to VS Code are added to the wait. */
const ANSWERS = 4;

export class TypingBuffer {
  private capture = captureTyping();
  private input: { box: InputBox; opened: OpenedInput } | undefined;
  /** What was typed into the input. */
  private text = "";
  private entered = false;
  private cancelled = false;
  private moving = false;
  private typedAt = 0;
  private settled = () => {};

  /** Construct it before anything is awaited. */
  constructor() {
    this.capture.onFirst(() => this.open());
  }

  /** Resolves when the user pauses. False if the user cancels. */
  async rest(): Promise<boolean> {
    const begun = performance.now();
    await roundTrip();
    const first = FIRST_MS + ANSWERS * (performance.now() - begun);
    // While the focus moves into a page, keys are lost. So it moves when no key seems to come.
    await new Promise((resolve) => setTimeout(resolve, first));
    await roundTrip();
    while (this.input && !this.cancelled && !this.entered) {
      const wait = this.typedAt + REST_MS - Date.now();
      if (wait <= 0) break;
      await new Promise<void>((resolve) => {
        this.settled = resolve;
        setTimeout(resolve, wait);
      });
    }
    this.moving = true;
    if (this.cancelled) return false;
    if (this.input) await this.close(this.input);
    return true;
  }

  /** To be called when the page has the focus. Returns all that was typed on the way. */
  async end(): Promise<Typed> {
    const { text, entered } = await this.capture.end();
    return { text: this.text + text, entered: this.entered || entered };
  }

  /** A closing input returns the focus to the editor. So it closes first; what is typed until then is held again. */
  private async close({ box, opened }: { box: InputBox; opened: OpenedInput }): Promise<void> {
    await opened.complete;
    this.capture = captureTyping();
    const hidden = new Promise<void>((resolve) => box.onDidHide(resolve));
    box.hide();
    // Something else may have hidden it meanwhile.
    if (!this.cancelled) await hidden;
    this.text = opened.text;
    box.dispose();
  }

  private open(): void {
    // The page takes the keys in a moment; an input would take the focus back.
    if (this.moving) return;
    const box = window.createInputBox();
    box.title = t("Ask Nemotron");
    box.prompt = t("The text goes into the chat when it opens.");
    const enter = () => {
      this.entered = true;
      this.settled();
    };
    box.onDidChangeValue(() => {
      this.typedAt = Date.now();
    });
    box.onDidAccept(enter);
    box.onDidHide(() => {
      this.cancelled = true;
      this.settled();
    });
    this.typedAt = Date.now();
    this.input = { box, opened: openInput(box, enter, this.capture) };
  }
}
