/** Asks for a text as `window.showInputBox` does, without losing keys typed while the input opens. */
import {
  type InputBox,
  type InputBoxOptions,
  type InputBoxValidationMessage,
  InputBoxValidationSeverity,
  window,
} from "vscode";
import { openInput } from "./openInput.ts";

type Validation = string | InputBoxValidationMessage | undefined;
export type TextOptions = Pick<
  InputBoxOptions,
  "title" | "prompt" | "value" | "placeHolder" | "password" | "ignoreFocusOut"
> & {
  /** Says what is wrong with the text. A text with a warning can be accepted. */
  check?: (text: string) => Validation;
};

/** @returns undefined when the user cancels. Call it before anything is awaited. */
export function askForText({
  title,
  prompt,
  value = "",
  placeHolder,
  password,
  ignoreFocusOut,
  check,
}: TextOptions): Promise<string | undefined> {
  const input: InputBox = window.createInputBox();
  Object.assign(input, { title, prompt, value, placeholder: placeHolder, password: password ?? false });
  input.ignoreFocusOut = ignoreFocusOut ?? false;
  return new Promise((resolve) => {
    const accept = () => {
      const found = check?.(opened.text);
      input.validationMessage = found;
      if (found && !(typeof found !== "string" && found.severity !== InputBoxValidationSeverity.Error)) return;
      resolve(opened.text);
      input.hide();
    };
    input.onDidChangeValue(() => {
      input.validationMessage = check?.(opened.text);
    });
    input.onDidAccept(accept);
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    const opened = openInput(input, accept);
    input.validationMessage = check?.(value);
  });
}
