/** Links to files of the workspace. Pure. */
import type { Tokens } from "./tokens.ts";

/** Whether a link can be a path in the workspace, perhaps with a line: no URL, no query, no fragment alone. */
export function isPlace(href: string): boolean {
  return href.length < 300 && /^(?![a-z][a-z\d+.-]*:|\/\/|[#?\\])[^\s\\<>"]+$/i.test(href);
}

/** Turns links to files into spans, which no browser follows. Whether the file exists is known later. */
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
