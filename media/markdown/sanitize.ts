/** The one way by which text of the model becomes elements. */
import DOMPurify from "dompurify";
import { ALLOWED_TAGS } from "./allowed.ts";
import { isSafeHref } from "./parser.ts";

const ALLOWED_ATTR = ["href", "title", "start", "class", "data-language"];

const purify = DOMPurify(window);
purify.addHook("uponSanitizeAttribute", (_element, data) => {
  if (data.attrName === "href") data.keepAttr = isSafeHref(data.attrValue);
  if (data.attrName === "class") data.keepAttr = /^(tight|align-(left|right|center))$/.test(data.attrValue);
});

export function sanitize(html: string): DocumentFragment {
  return purify.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}
