/** Serves the built page like the extension host: the same HTML and policy, from one origin. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pageHtml } from "../../src/chat/page.ts";

export const MEDIA = path.resolve("dist/media");
const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
};

export type PageServer = { origin: string; close: () => void };

/** @param extra texts of further files, by path. */
export async function startServer(extra: Record<string, string> = {}): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const type = TYPES[path.extname(pathname)];
    try {
      const body =
        pathname === "/"
          ? html(origin(), searchParams.get("language") ?? "en")
          : (extra[pathname] ?? (await readFile(path.join(MEDIA, pathname))));
      response.setHeader("content-type", type ?? "text/html");
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: origin(), close: () => server.close() };
}

const html = (origin: string, language: string) =>
  pageHtml({
    cspSource: origin,
    script: `${origin}/main.js`,
    styles: [`${origin}/codicon.css`, `${origin}/main.css`],
    nonce: "bm9uY2U",
    language,
    translations:
      language === "en" ? {} : JSON.parse(readFileSync(path.join("l10n", `bundle.l10n.${language}.json`), "utf8")),
  });
