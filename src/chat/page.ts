/** The chat page's HTML. Only scripts and styles of the extension may run and load in it. */
import type { Translations } from "../text/locale.ts";

export type PageParts = {
  /** `Webview.cspSource`: the origin of the webview's own resources. */
  cspSource: string;
  script: string;
  styles: string[];
  /** Unguessable, new for each page. */
  nonce: string;
  /** The display language, for example `en` or `de`. */
  language: string;
  /** The page's texts in that language, by their English text. */
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

/** JSON without `<`, so that no text can close its element. The browser never runs a script of this type. */
const inert = (data: object) => JSON.stringify(data).replaceAll("<", "\\u003c");
