/** The elements that Markdown can become. */
export const ALLOWED_TAGS = [
  ...["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"],
  ...["em", "strong", "s", "a", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"],
  ...["div", "span", "kbd", "sub", "sup", "details", "summary"],
];
