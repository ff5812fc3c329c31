import { readFileSync } from "node:fs";
import path from "node:path";

/** The version of the product, from the package.json in the parent of the bundles' folder. Throws if it is missing. */
export function productVersion(bundles: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(path.join(path.dirname(bundles), "package.json"), "utf8"),
  );
  return version;
}
