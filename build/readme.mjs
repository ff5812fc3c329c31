// The README as the Extensions view can show it while there is no public repository that its paths could lead to. With
// one (`repository` in package.json) vsce makes them addresses there. VS Code shows pictures from https: alone, none
// that are in the VSIX, nor as data:.

/** Takes out pictures of this repository, and makes links into it plain text. */
export function readmeForGallery(text) {
  return text
    .replace(/\[?!\[[^\]]*\]\((?!https:)[^)]*\)(\]\([^)]*\))?\n*/g, "")
    .replace(/<img\s[^>]*src="(?!https:)[^"]*"[^>]*>\n*/g, "")
    .replace(/\[([^\]]+)\]\((?![a-z]+:|#)[^)]+\)/g, "$1");
}
