/** Decides what to do when a client and the host are of different versions, for example after an update. */
import { t } from "@vscode/l10n";
import { EngineError } from "../../engine/engine.ts";
import * as wire from "../wire.ts";
import type { Link } from "./link.ts";

/**
 * Whether to stay connected to a host. A host older than this client is told to end, so that this client can start its
 * own. Throws EngineError otherVersion if the host is newer and uses another protocol.
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

/** Compares the three numbers of versions (semver.org). Negative if `a` is older. */
function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split(/[-+]/, 1)[0]!.split(".").map(Number);
  const [first, second] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (first[i] || 0) - (second[i] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
