/** The only way in which the model's text becomes elements. */
import DOMPurify from "dompurify";
import { ALLOWED_TAGS } from "./allowed.ts";
import { isSafeHref } from "./parser.ts";

const ALLOWED_ATTR = ["href", "title", "start", "class", "data-language", "data-ref"];

/** The classes that the parser gives, and no other classes of the page. */
const CLASS =
  /^((tight|align-(left|right|center)|math( display)?|task( done)?|alert (note|tip|important|warning|caution)|place|reference|mark|footnote) ?)+$/;

const purify = DOMPurify(window);
purify.addHook("uponSanitizeAttribute", (_element, data) => {
  if (data.attrName === "href") data.keepAttr = isSafeHref(data.attrValue);
  if (data.attrName === "class") data.keepAttr = CLASS.test(data.attrValue);
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
