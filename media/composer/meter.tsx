/** How much of the context the current prompt uses. */
import { t } from "@vscode/l10n";
import type { Composer } from "../messages.ts";
import { compact, count, percent } from "../page/format.ts";

/** The meter warns above this share of the context. */
const NEARLY_FULL = 0.9;

export function Meter({ meter }: { meter: Composer["meter"] }) {
  if (!meter) return <span class="meter" />;
  const { used, total, estimated } = meter;
  const share = used / Math.max(1, total);
  const exact = t("The next prompt uses {0} of {1} context tokens ({2}).", count(used), count(total), percent(share));
  const title = estimated ? `${exact} ${t("This is an estimate.")}` : exact;
  return (
    <span class={share > NEARLY_FULL ? "meter full" : "meter"} title={title}>
      {estimated && "≈ "}
      {t("{0} of {1}", compact(used), compact(total))}
    </span>
  );
}
