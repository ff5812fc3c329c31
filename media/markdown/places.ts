/** Links to files of the workspace. Pure. */
import type { Tokens } from "./tokens.ts";

/** A path within the workspace, perhaps with a line: no address, no query, no place in a page. */
export function isPlace(href: string): boolean {
  return href.length < 300 && /^(?![a-z][a-z\d+.-]*:|\/\/|[#?\\])[^\s\\<>"]+$/i.test(href);
}

/** Links to files are no links of a browser's. Whether there is such a file is known later. */
export function placeLinks(tokens: Tokens): void {
  const open: boolean[] = [];
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    if (token.type === "link_open") {
      const href = String(token.attrGet("href") ?? "");
      const place = isPlace(href);
      open.push(place);
      if (!place) continue;
      token.tag = "span";
      token.attrs = [
        ["class", "place"],
        ["data-ref", decoded(href)],
      ];
    } else if (token.type === "link_close" && open.pop()) token.tag = "span";
  }
}

function decoded(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}
