/** The chat page's frame: nothing may run or load in it but what the extension brings. */

export type PageParts = {
  /** Of the webview: where its own resources come from. */
  cspSource: string;
  script: string;
  styles: string[];
  /** Unguessable, new for each page. */
  nonce: string;
  /** Of what the editor says to the user, as `en` or `de`. */
  language: string;
};

export function pageHtml({ cspSource, script, styles, nonce, language }: PageParts): string {
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
</head>
<body><div id="app"></div><script type="module" nonce="${nonce}" src="${script}"></script></body>
</html>
`;
}
