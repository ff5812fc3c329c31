/** Asks for the user's consent in a terminal. */
import { createInterface } from "node:readline/promises";
import type { ApprovalSubject, ApproveResult } from "../protocol.ts";
import { sanitize, subjectText } from "./agentScreen.ts";

/** `isYes`: commands run without asking. `canAsk`: stdin and stderr are a terminal. */
export type ConsentOptions = { isYes: boolean; canAsk: boolean };

/** Protected files always need an answer, whatever the options say. Without a terminal, they are denied. */
export function consent({ isYes, canAsk }: ConsentOptions) {
  return async (subject: ApprovalSubject, signal: AbortSignal): Promise<ApproveResult> => {
    if (isYes && subject.type === "command") return { answer: "yes" };
    if (!canAsk) return { answer: "no", why: "nobody can be asked" };
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // readline takes Ctrl+C for itself, so pass it on.
    terminal.on("SIGINT", () => process.emit("SIGINT"));
    const choices = subject.type === "command" ? "y/n/always" : "y/n";
    // Ctrl+D, or the terminal is gone.
    const closed = new Promise<undefined>((resolve) => terminal.once("close", resolve));
    const what =
      subject.type === "command" && subject.check ? "Check with" : subject.type === "command" ? "Run" : "Allow";
    try {
      for (;;) {
        // The lines of a command are indented, so that none looks like a line of this program.
        const text = sanitize(subjectText(subject)).replaceAll("\n", "\n    ");
        const answer = await Promise.race([terminal.question(`${what} ${text} ? (${choices}) `, { signal }), closed]);
        if (answer === undefined) return { answer: "no", why: "nobody has answered" };
        const result = readAnswer(answer, subject.type === "command");
        if (result) return result;
      }
    } finally {
      terminal.close();
    }
  };
}

/** Reads an answer such as `y`, `always`, or `n not now`, where the rest is the reason. Undefined for anything else. */
export function readAnswer(answer: string, mayAlways: boolean): ApproveResult | undefined {
  const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(answer.trim()) ?? [];
  const why = rest === "" ? {} : { why: rest };
  if (/^y(?:es)?$/i.test(word)) return { answer: "yes" };
  if (/^no?[,:]?$/i.test(word)) return { answer: "no", ...why };
  return mayAlways && /^a(?:lways)?$/i.test(word) ? { answer: "always" } : undefined;
}
