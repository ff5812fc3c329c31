/** Shown when the prompt is too long: what the user can leave out. */
import { t } from "@vscode/l10n";
import { post } from "../host/host.ts";
import type { Composer } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { compact } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";

export function Overflow({ overflow: { excess, drops } }: { overflow: NonNullable<Composer["overflow"]> }) {
  return (
    <div class="banner warning" role="status">
      <Icon name="warning" />
      <div class="grow">
        <div>
          {t("{0} tokens too long.", compact(excess))}
          {drops.length > 0 && ` ${t("Remove:")}`}
        </div>
        <div class="row wrap buttons">
          {drops.map(({ label, tokens, attachment }) => (
            <button
              type="button"
              class="small-button"
              key={attachment}
              title={label}
              onClick={() => post({ type: "drop", attachment })}
            >
              <span class="chip-label">{label}</span> <span class="faint">{compact(tokens)}</span>
            </button>
          ))}
          <CommandButton command="newChat" />
        </div>
      </div>
    </div>
  );
}
