/** Typesets formulas with KaTeX. A separate chunk with its own style sheet and fonts: most answers have no formula. */
import DOMPurify from "dompurify";
import katex, { type KatexOptions } from "katex";

/** The nodes of a formula; undefined for invalid TeX. */
export type Typeset = (tex: string, displayMode: boolean) => ChildNode[] | undefined;

/** No `trust`: TeX sets no links, images, classes or styles. `maxSize`: em. `maxExpand` limits time and memory. */
const OPTIONS: KatexOptions = { trust: false, throwOnError: true, strict: "ignore", maxSize: 20, maxExpand: 500 };
/** Longer sources are not typeset, characters. */
const LONGEST = 5000;

/** Fonts of nearly every formula. They are loaded first, so that nothing moves after a formula is drawn. */
const FONTS = ["1em KaTeX_Main", "italic 1em KaTeX_Math", "1em KaTeX_Size1", "1em KaTeX_Size2"];

const MATHML = [
  ...["math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mglyph", "mfrac", "msqrt"],
  ...["mroot", "mstyle", "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover"],
  ...["mtable", "mtr", "mtd", "mlabeledtr", "merror"],
];
const ALLOWED_TAGS = [...MATHML, "span", "svg", "path", "line", "g"];
const ALLOWED_ATTR = [
  ...["class", "style", "aria-hidden", "xmlns", "encoding", "display", "mathvariant", "stretchy", "fence", "separator"],
  ...[
    "accent",
    "accentunder",
    "lspace",
    "rspace",
    "minsize",
    "maxsize",
    "width",
    "height",
    "depth",
    "voffset",
    "notation",
  ],
  ...["columnalign", "columnspacing", "columnlines", "rowspacing", "rowlines", "rowalign", "side", "scriptlevel"],
  ...["displaystyle", "linethickness", "mathcolor", "mathbackground", "mathsize", "movablelimits", "symmetric"],
  ...["viewBox", "preserveAspectRatio", "d", "x1", "x2", "y1", "y2", "stroke-width"],
];

const purify = DOMPurify(window);

/** Loads the style sheet and the fonts. Rejects if the style sheet does not load. */
export async function loadTypesetter(): Promise<Typeset> {
  await styled();
  await Promise.all(FONTS.map((font) => document.fonts.load(font)));
  return typeset;
}

/** Renders into nodes: the content security policy allows styles set by script, but no styles in markup. */
function typeset(tex: string, displayMode: boolean): ChildNode[] | undefined {
  if (tex === "" || tex.length > LONGEST) return undefined;
  const box = document.createElement("span");
  try {
    katex.render(tex, box, { ...OPTIONS, displayMode });
  } catch {
    return undefined;
  }
  purify.sanitize(box, { IN_PLACE: true, ALLOWED_TAGS, ALLOWED_ATTR, ALLOW_DATA_ATTR: false });
  return [...box.childNodes];
}

/** Loads KaTeX's style sheet, which lies beside this chunk. */
function styled(): Promise<void> {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("katex.css", import.meta.url).href;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => reject(new Error("The style of formulas cannot be loaded."));
    document.head.append(link);
  });
}
