import { readFileSync } from "node:fs";
import path from "node:path";

/** Version of the product, from the manifest beside the folder of the bundles. */
export function productVersion(bundles: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(path.join(path.dirname(bundles), "package.json"), "utf8"),
  );
  return version;
}
