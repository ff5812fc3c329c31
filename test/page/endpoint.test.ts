/** A web page in a real browser gets nothing from the endpoint, whatever it tries, under whatever name. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { post, serveEngine, type TestEndpoint } from "../support/endpoint.ts";
import { ScriptedEngine } from "../support/scriptedEngine.ts";
import { launchChromium } from "../vscode/host/chromium.ts";

const CHAT = { messages: [{ role: "user", content: "ping" }] };
/** What web pages try: plain requests, requests without a CORS preflight, a form, a picture, a stream. */
const ATTACKS: [string, RequestInit & { path?: string }][] = [
  ["JSON", { method: "POST", headers: { "Content-Type": "application/json" } }],
  ["JSON without CORS", { method: "POST", mode: "no-cors", headers: { "Content-Type": "application/json" } }],
  ["text", { method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" } }],
  ["text with CORS", { method: "POST", headers: { "Content-Type": "text/plain" } }],
  ["a form's type", { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" } }],
  ["the models", { path: "/v1/models" }],
  ["the models without CORS", { path: "/v1/models", mode: "no-cors" }],
];

describe("a web page", () => {
  let browser: Browser;
  let site: Server;
  let page: Page;
  let endpoint: TestEndpoint;
  let asked = 0;
  const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-page-"));

  before(async function () {
    this.timeout(180_000);
    const script = path.join(folder, "script.json");
    writeFileSync(script, JSON.stringify([{ match: "ping", answer: "pong" }]));
    const engine = new ScriptedEngine(script);
    engine.onStatus(() => asked++);
    endpoint = await serveEngine(engine);
    site = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<p>A page"));
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    // DNS rebinding: the page's own name resolves to this machine.
    browser = await launchChromium(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
    page = await browser.newPage();
  });
  after(async () => {
    await browser?.close();
    site?.close();
    await endpoint?.stop();
    rmSync(folder, { recursive: true });
  });

  const sitePort = () => (site.address() as AddressInfo).port;

  /** What a page at this address learns from each attack; undefined if its browser tells it nothing. */
  const attack = (target: string) =>
    page.evaluate(
      async ({ target, attacks, body }) => {
        const learned: (string | undefined)[] = [];
        for (const { path = "/v1/chat/completions", ...init } of attacks) {
          const send = { ...init, ...(init.method === "POST" && { body }) };
          const answer = await fetch(target + path, send).catch(() => undefined);
          const text = await answer?.text();
          learned.push(text ? `${answer?.status} ${text}` : undefined);
        }
        return learned;
      },
      { target, attacks: ATTACKS.map(([, init]) => init), body: JSON.stringify(CHAT) },
    );

  it("of another site learns nothing and does not reach the model", async () => {
    for (const origin of [`http://127.0.0.1:${sitePort()}`, `http://evil.example:${sitePort()}`]) {
      await page.goto(origin);
      for (const target of [endpoint.origin, `http://127.0.0.1:${endpoint.port}`])
        assert.deepEqual(
          await attack(target),
          ATTACKS.map(() => undefined),
        );
    }
    assert.equal(asked, 0);
  });

  it("whose host name resolves to the endpoint is refused and does not reach the model", async () => {
    const origin = `http://evil.example:${endpoint.port}`;
    const response = await page.goto(`${origin}/health`);
    assert.equal(response?.status(), 403);
    for (const learned of await attack(origin)) assert.match(learned ?? "403", /^403/);
    assert.equal(asked, 0);
  });

  it("cannot send a form there", async () => {
    await page.goto(`http://127.0.0.1:${sitePort()}`);
    const [response] = await Promise.all([
      page.waitForResponse((response) => response.url().includes("/v1/")),
      page.evaluate((action) => {
        const form = Object.assign(document.createElement("form"), { method: "POST", action, enctype: "text/plain" });
        form.append(Object.assign(document.createElement("input"), { name: '{"messages": [], "x": "', value: '"}' }));
        document.body.append(form);
        form.submit();
      }, `${endpoint.origin}/v1/chat/completions`),
    ]);
    assert.equal(response.status(), 403);
    assert.equal(asked, 0);
    // A program's request does reach the model.
    assert.equal((await post(endpoint, CHAT)).status, 200);
    assert.ok(asked > 0);
  });
});
