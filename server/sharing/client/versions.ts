/** Windows that were opened before an update, and those that were opened after it, and the host that either has started. */
import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import * as wire from "../wire.ts";
import type { Link } from "./link.ts";

/**
 * Whether to stay with a host. The newer one rules: an older host is told to end, and the next one will be ours.
 * Throws EngineError otherVersion where it does not understand us because it is newer.
 */
export async function negotiateVersion(link: Link, welcome: wire.Welcome, version: string): Promise<boolean> {
  if (welcome.protocol > wire.PROTOCOL) {
    link.end();
    const reason = t("A newer version of Nemotron Local is running the engine.");
    throw new EngineError("otherVersion", reason, { reason, next: t("Reload the window to use the new version.") });
  }
  if (welcome.protocol === wire.PROTOCOL && compareVersions(welcome.version, version) >= 0) return true;
  await link.send(wire.drain);
  return false;
}

/** Of the three numbers of a version, as semver.org defines them. Negative where `a` is older. */
function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split(/[-+]/, 1)[0]!.split(".").map(Number);
  const [of, with_] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (of[i] || 0) - (with_[i] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
