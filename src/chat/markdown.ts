/** A conversation as a Markdown document. */
import { t } from "@vscode/l10n";
import type { StoredConversation, StoredTurn } from "./conversation.ts";

/** Thoughts are folded, as in the panel. */
export function toMarkdown({ title, turns }: StoredConversation): string {
  return `${[`# ${oneLine(title)}`, ...turns.map(turnToMarkdown)].join("\n\n")}\n`;
}

function turnToMarkdown({ text, sources, reply }: StoredTurn): string {
  const attached = sources.map(({ reference }) => `- \`${oneLine(reference.label).replaceAll("`", "'")}\``).join("\n");
  const thought =
    reply.thought &&
    `<details><summary>${t("Thought, {0} tokens", reply.thoughtTokens)}</summary>\n\n${quoted(reply.thought)}\n\n</details>`;
  const ending = {
    stopped: `*${t("Stopped.")}*`,
    interrupted: `*${t("Interrupted.")}*`,
    failed: `*${reply.error?.message ?? t("Failed.")}*`,
  };
  const end = reply.state in ending ? ending[reply.state as keyof typeof ending] : "";
  return [`## ${t("You")}`, text.trim(), attached, "## Nemotron", thought, reply.answer.trim(), end]
    .filter((part) => part !== "")
    .join("\n\n");
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** As a block quote without tags, so that no text can close the fold around it. */
const quoted = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => `> ${line.replaceAll("<", "&lt;")}`)
    .join("\n");
