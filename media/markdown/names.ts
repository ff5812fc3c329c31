/** Texts of an answer that open code. The host has found them in the workspace. */

/** Makes these texts clickable and reachable with the keyboard, and undoes this for texts that are not in `names`. */
export function markNames(root: ParentNode, names: ReadonlySet<string>): void {
  for (const text of root.querySelectorAll(".name.text")) if (!names.has(text.textContent)) unwrap(text);
  for (const element of root.querySelectorAll<HTMLElement>("code, .place"))
    if (!element.closest("pre, a")) setLeads(element, names.has(element.dataset.ref ?? element.textContent));
  const words = [...names].filter((name) => /[./]/.test(name)).sort((a, b) => b.length - a.length);
  if (words.length > 0) markTexts(root, words);
}

function setLeads(element: HTMLElement, leads: boolean): void {
  if (leads === element.classList.contains("name")) return;
  element.classList.toggle("name", leads);
  if (!leads && element.classList.length === 0) element.removeAttribute("class");
  for (const [attribute, value] of [
    ["role", "link"],
    ["tabindex", "0"],
  ] as const)
    if (leads) element.setAttribute(attribute, value);
    else element.removeAttribute(attribute);
  if (element.dataset.ref && leads) element.title = element.dataset.ref;
}

/** Paths in plain text, as whole words. */
function markTexts(root: ParentNode, words: string[]): void {
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const pattern = new RegExp(`(?<![\\w./@-])(?:${escaped})(?![\\w/-]|[.:#]\\w)`, "g");
  const texts = document.createTreeWalker(root as Node, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    if (text.nodeValue && text.nodeValue.search(pattern) >= 0 && !text.parentElement?.closest(UNTOUCHED))
      found.push(text as Text);
  for (const text of found) {
    const matches = [...text.data.matchAll(pattern)];
    for (const { index, 0: name } of matches.reverse()) {
      const rest = text.splitText(index);
      rest.splitText(name.length);
      const element = document.createElement("span");
      element.className = "name text";
      element.role = "link";
      element.tabIndex = 0;
      rest.replaceWith(element);
      element.append(rest);
    }
  }
}

const UNTOUCHED = "code, pre, a, .code, .math, .name, .place, .reference, .note-label";

function unwrap(element: Element): void {
  const parent = element.parentNode;
  element.replaceWith(...element.childNodes);
  parent?.normalize();
}
