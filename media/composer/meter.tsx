/** How full the context is with the prompt as it stands. */
import type { Composer } from "../messages.ts";
import { compact, count, percent } from "../page/format.ts";

/** Share of the context above which it is time to know. */
const NEARLY_FULL = 0.9;

export function Meter({ meter }: { meter: Composer["meter"] }) {
  if (!meter) return <span class="meter" />;
  const { used, total } = meter;
  const share = used / Math.max(1, total);
  const title = `The next prompt takes ${count(used)} of the context's ${count(total)} tokens (${percent(share)}).`;
  return (
    <span class={share > NEARLY_FULL ? "meter full" : "meter"} title={title}>
      {compact(used)} of {compact(total)}
    </span>
  );
}
