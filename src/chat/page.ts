/** The chat page's frame: nothing may run or load in it but what the extension brings. */
import type { Translations } from "../text/locale.ts";

export type PageParts = {
  /** Of the webview: where its own resources come from. */
  cspSource: string;
  script: string;
  styles: string[];
  /** Unguessable, new for each page. */
  nonce: string;
  /** Of what the editor says to the user, as `en` or `de`. */
  language: string;
  /** What the page says, in that language, by the English text. */
  translations: Translations;
};

export function pageHtml({ cspSource, script, styles, nonce, language, translations }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${cspSource}`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${styles.map((href) => `<link rel="stylesheet" href="${href}">`).join("\n")}
<title>Nemotron</title>
<script type="application/json" id="l10n">${inert(translations)}</script>
</head>
<body><div id="app"></div><script type="module" nonce="${nonce}" src="${script}"></script></body>
</html>
`;
}

/** Data that no text in it can end, whatever is parsed: the browser never runs a script of this type. */
const inert = (data: object) => JSON.stringify(data).replaceAll("<", "\\u003c");
