/** The user's consent in a terminal. */
import { createInterface } from "node:readline/promises";
import type { ApprovalSubject, ApproveResult } from "../protocol.ts";
import { subjectText, visible } from "./agentScreen.ts";

/** `isYes`: commands run without asking. `canAsk`: somebody is at the terminal. */
export type ConsentOptions = { isYes: boolean; canAsk: boolean };

/** Files with secrets are asked about whatever the options say, and denied where nobody can be asked. */
export function consent({ isYes, canAsk }: ConsentOptions) {
  return async (subject: ApprovalSubject, signal: AbortSignal): Promise<ApproveResult> => {
    if (isYes && subject.type === "command") return { answer: "yes" };
    if (!canAsk) return { answer: "no", why: "nobody can be asked" };
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // readline would keep Ctrl+C to itself.
    terminal.on("SIGINT", () => process.emit("SIGINT"));
    const choices = subject.type === "command" ? "y/n/always" : "y/n";
    const what =
      subject.type === "command" && subject.check ? "Check with" : subject.type === "command" ? "Run" : "Allow";
    try {
      for (;;) {
        const said = await terminal.question(`${what} ${visible(subjectText(subject))} ? (${choices}) `, { signal });
        const result = readAnswer(said, subject.type === "command");
        if (result) return result;
      }
    } finally {
      terminal.close();
    }
  };
}

/** `n not now`: no, with a word of why. Undefined for something else. */
export function readAnswer(said: string, mayAlways: boolean): ApproveResult | undefined {
  const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(said.trim()) ?? [];
  const why = rest === "" ? {} : { why: rest };
  if (/^y(?:es)?$/i.test(word)) return { answer: "yes" };
  if (/^no?[,:]?$/i.test(word)) return { answer: "no", ...why };
  return mayAlways && /^a(?:lways)?$/i.test(word) ? { answer: "always" } : undefined;
}
