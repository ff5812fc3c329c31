/** Ask or Agent: the switch, what Agent may do, and its further tools. */
import { t } from "@vscode/l10n";
import { useId } from "preact/hooks";
import { MODES, type Mode } from "../agent.ts";
import { post } from "../host/host.ts";
import type { AgentSettings } from "../messages.ts";
import { count } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";

const labels = (): Record<Mode, string> => ({ ask: t("Ask"), agent: t("Agent") });
const titles = (): Record<Mode, string> => ({
  ask: t("Answers questions and changes nothing"),
  agent: t("Works on the files step by step, until the task is done"),
});

/** `refuse`: called instead of `choose` while the agent is not available. */
type Props = { mode: Mode; agent: AgentSettings; choose: (mode: Mode) => void; refuse: (refused: boolean) => void };

export function ModeSwitch({ mode, agent, choose, refuse }: Props) {
  const name = useId();
  return (
    <span class="modes" role="radiogroup" aria-label={t("Mode")}>
      {MODES.map((each) => {
        const refused = each === "agent" && !agent.available;
        return (
          <label key={each} class="mode" title={refused ? whyNot(agent) : titles()[each]}>
            <input
              type="radio"
              name={name}
              value={each}
              checked={each === mode}
              aria-disabled={refused}
              onClick={(event) => {
                refuse(refused);
                if (refused) event.preventDefault();
              }}
              onChange={() => choose(each)}
            />
            <span>{labels()[each]}</span>
          </label>
        );
      })}
    </span>
  );
}

/** Why the agent is not available. */
export const whyNot = ({ why }: AgentSettings) => why ?? t("Agent is not available here");

/** What Agent may do, or why it is not available. */
export function ModeLine({ agent }: { agent: AgentSettings }) {
  return (
    <span class="grow hint" role="status">
      {agent.available ? (
        t("Reads and edits files, asks before commands")
      ) : (
        <>
          <Icon name="warning" />
          {whyNot(agent)}
        </>
      )}
    </span>
  );
}

/** Opens the list of further tools. Shows how many are chosen. */
export function ToolsButton({ tools }: { tools: number }) {
  return (
    <button
      type="button"
      class="tools-button"
      title={t("Further tools for the agent, of other extensions and MCP servers")}
      aria-label={t("Further Tools: {0}", count(tools))}
      onClick={() => post({ type: "chooseTools" })}
    >
      <Icon name="tools" />
      {count(tools)}
    </button>
  );
}
