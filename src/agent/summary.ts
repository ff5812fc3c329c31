/** What an agent's turn has come to, in words. No VS Code API. */
import { t } from "@vscode/l10n";
import type { AgentRow, AgentSummary, ChangedFile } from "../../media/agent.ts";
import type { AgentOutcome, AgentVerdict } from "../../server/protocol.ts";
import { headAndTail } from "./cut.ts";

/** `interrupted`: the server or the engine died, or the window was closed. `undone`: the user has undone it. */
export type Ending = AgentOutcome | "interrupted" | "failed" | "undone";

export type Ended = {
  outcome: Ending;
  reason?: string;
  verdict: AgentVerdict;
  /** What fails, as the model got it. */
  findings: readonly string[];
  changed: ChangedFile[];
  rows: readonly AgentRow[];
};

/** Characters of what is left. */
const LONGEST_FINDING = 2000;

export function summaryOf({ outcome, reason, verdict, findings, changed, rows }: Ended): AgentSummary {
  const { title, tone } = titleOf(outcome, verdict, changed.length > 0);
  const checks = rows.filter(({ icon, details }) => icon === "check" && details.some(({ kind }) => kind === "output"));
  const checked = checks.at(-1)?.title;
  return {
    title: reason === undefined ? title : reason,
    tone,
    changed,
    ...(verdict !== "none" && checked !== undefined && { checked }),
    left: verdict === "failed" ? findings.map((finding) => headAndTail(finding, LONGEST_FINDING)) : [],
    canContinue: outcome !== "done" && outcome !== "undone",
    undoable: changed.length > 0 && outcome !== "undone",
  };
}

function titleOf(outcome: Ending, verdict: AgentVerdict, hasChanged: boolean): Pick<AgentSummary, "title" | "tone"> {
  switch (outcome) {
    case "done":
      if (verdict === "failed") return { title: t("Done, but the check fails"), tone: "bad" };
      if (verdict === "passed") return { title: t("Done and checked"), tone: "good" };
      return { title: hasChanged ? t("Done, not checked") : t("Done"), tone: "neutral" };
    case "limit":
      return { title: t("A limit was reached"), tone: "neutral" };
    case "stuck":
      return { title: t("The agent is stuck"), tone: "bad" };
    case "stopped":
      return { title: t("Stopped"), tone: "neutral" };
    // Why is said beside it.
    case "interrupted":
    case "failed":
      return { title: hasChanged ? t("Files were changed, not checked") : t("Nothing was changed"), tone: "neutral" };
    case "undone":
      return { title: t("Undone"), tone: "neutral" };
    default:
      return outcome satisfies never;
  }
}
