/** Opens an input without losing keys typed after the key that opens it. */
import { commands, type InputBox, type QuickPick, type QuickPickItem } from "vscode";
import { type Capture, captureTyping } from "./capture.ts";
import { Prepend } from "./prepend.ts";

type Input<T extends QuickPickItem> = QuickPick<T> | InputBox;

/** The input's text as the user means it: the input may learn of the first keys a moment later. */
export type OpenedInput = {
  readonly text: string;
  /** Resolves when all that was typed before the focus came is part of it. */
  readonly complete: Promise<void>;
};

/**
 * Shows the input at once. Call it before anything is awaited, or pass a capture that was begun then. The input's value
 * is selected, so that what is typed replaces it.
 * @param onEntered called if Enter was pressed before the input had the focus.
 */
export function openInput<T extends QuickPickItem>(
  input: Input<T>,
  onEntered: () => void = () => {},
  capture: Capture = captureTyping(),
): OpenedInput {
  const prepend = new Prepend("", (value) => {
    input.value = value;
  });
  let isTouched = false;
  input.onDidChangeValue((value) => {
    isTouched = true;
    prepend.changed(value);
  });
  input.show();
  const collect = async () => {
    await roundTrip();
    const { text, entered } = await capture.end();
    isTouched ||= text !== "";
    if (text !== "") prepend.add(text);
    if (entered) onEntered();
  };
  return {
    complete: collect(),
    get text() {
      return isTouched ? prepend.text : input.value;
    },
  };
}

/** Waits until the window has handled earlier messages, so that keys typed until then are known here. */
export const roundTrip = (): Thenable<unknown> => commands.executeCommand("setContext", "nemotron.said", true);
