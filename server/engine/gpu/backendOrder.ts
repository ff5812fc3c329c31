/** The order in which backends are tried. */
import type { Backend, BackendFailure, LoadParams } from "../../protocol.ts";

/** Best first; the CPU is the fallback. */
export const BACKEND_ORDER: Backend[] = ["cuda", "metal", "vulkan", "cpu"];

/** The failures of backends that would have been tried for this setting, in their order. */
export function failuresFor(wanted: LoadParams["gpu"], failures: BackendFailure[]): BackendFailure[] {
  if (wanted === "off") return [];
  const place = (backend: Backend) => BACKEND_ORDER.indexOf(backend);
  const first = wanted === undefined || wanted === "auto" ? 0 : place(wanted);
  return failures.filter(({ backend }) => place(backend) >= first).sort((a, b) => place(a.backend) - place(b.backend));
}
