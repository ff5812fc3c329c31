// The README for the Extensions view while there is no public repository. With one (`repository` in package.json), vsce
// makes URLs of the README's paths. VS Code shows only pictures from https:, and none from the VSIX or data: URLs.

/** Removes pictures that are in this repository, and makes links into it plain text. */
export function readmeForGallery(text) {
  return text
    .replace(/\[?!\[[^\]]*\]\((?!https:)[^)]*\)(\]\([^)]*\))?\n*/g, "")
    .replace(/<img\s[^>]*src="(?!https:)[^"]*"[^>]*>\n*/g, "")
    .replace(/\[([^\]]+)\]\((?![a-z]+:|#)[^)]+\)/g, "$1");
}
