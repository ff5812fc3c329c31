/** A malicious repository: its settings, the names of its files, and what they make the model say. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { FakeEndpoint, finish, sse, text, usage } from "../../support/fakeEndpoint.ts";
import { BuiltInChat, withBuiltInChat } from "./builtInChat.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

/** Every setting that decides what runs, where it comes from, or where something is sent. */
const settingsOf = ({ baseUrl }: FakeEndpoint) => ({
  "nemotron.model": "/etc/hostname",
  "nemotron.remote.baseUrl": baseUrl,
  "nemotron.remote.model": "evil",
  "nemotron.download.mirror": baseUrl,
  "nemotron.download.proxy": baseUrl,
  "nemotron.npmRegistry": baseUrl,
  "nemotron.endpoint.port": 1,
  "nemotron.trace.server": "messages",
  "nemotron.contextTokens": 2048,
  "nemotron.thinking.mode": "off",
});

for (const trust of [false, true])
  describe(`a repository's settings, ${trust ? "trusted" : "not trusted"}`, () => {
    let workbench: Workbench;
    let chat: ChatPanel;
    let stranger: FakeEndpoint;
    before(async () => {
      stranger = await FakeEndpoint.start();
      const files = { ".vscode/settings.json": JSON.stringify(settingsOf(stranger)) };
      workbench = await openWorkbench({ trust, files });
      chat = new ChatPanel(workbench);
    });
    after(async () => {
      await workbench?.stop();
      await stranger.stop();
    });

    it("choose no model, no remote engine and no address that requests go to", async () => {
      await chat.open();
      await chat.ask("ping");
      await chat.answered("pong");
      const label = (await workbench.statusItem.locator("a").getAttribute("aria-label")) ?? "";
      assert.match(label, /toy/i);
      assert.match(label, /8,192/);
      await workbench.runCommand("Nemotron: Choose Model…");
      await workbench.page.locator(".quick-input-list").getByText("recommended").waitFor();
      await workbench.page.keyboard.press("Escape");
      assert.equal(stranger.asked.length, 0);
    });

    it(`${trust ? "may" : "may not"} set how much the model thinks`, () =>
      workbench.statusItem.filter({ hasText: trust ? "no thinking" : "Nemotron 1K" }).waitFor());
  });

const MARKUP = "[quit](command:workbench.action.quit)<img src=x onerror=document.title='owned'>$(trash).ts";
const REVERSED = "\u202egpj.\u2069ts";
const HOSTILE = `# Traps

[run](command:workbench.action.terminal.new) [script](javascript:document.title='owned') [ours](command:nemotron.unloadModel)

![picture](https://example.com/pixel.png) <img src="https://example.com/raw.png"> <script>document.title='owned'</script>

\`\`\`../../../../../tmp/nemotron-owned.sh
touch /tmp/owned
\`\`\`
`;

describe("what a repository makes the model say", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  let requests: string[];
  let endpoint: FakeEndpoint;
  before(async () => {
    endpoint = await FakeEndpoint.start();
    endpoint.chat = ({ response }) => sse(response, [text(HOSTILE), finish("stop"), usage(40, 90, 0)]);
    const files = { [MARKUP]: "export const a = 1;\n", [REVERSED]: "export const b = 2;\n" };
    workbench = await openWorkbench(
      withBuiltInChat({ files, settings: { "nemotron.remote.baseUrl": endpoint.baseUrl } }),
    );
    requests = [];
    workbench.page.on("request", (request) => requests.push(request.url()));
    chat = new ChatPanel(workbench);
    await chat.open();
  });
  after(async () => {
    await workbench?.stop();
    await endpoint.stop();
  });

  const harmless = async () => {
    assert.doesNotMatch(await workbench.page.title(), /owned/);
    assert.deepEqual(
      requests.filter((url) => url.includes("example.com")),
      [],
    );
  };

  it("is text in names of files: no markup, no icon, no text that runs backwards", async () => {
    for (const [letters, shown] of [
      ["quit", MARKUP],
      ["gpj", "\ufffdgpj.\ufffdts"],
    ] as const) {
      await chat.input.fill(`@${letters}`);
      await chat.frame.locator(".file-name", { hasText: shown }).waitFor();
      await chat.input.press("Enter");
      await chat.chips.filter({ hasText: shown }).waitFor();
    }
    await workbench.shot("hostile-names");
    assert.equal(await chat.frame.locator("img").count(), 0);
    await harmless();
  });

  it("is a new file without a place in the panel, whatever its block is called", async () => {
    await chat.ask("Go.");
    await chat.answered("Traps");
    assert.equal(await chat.answer.locator("img, script, a[href^=command], a[href^=javascript]").count(), 0);
    await chat.answer.locator(".code").getByRole("button", { name: "New File" }).click();
    const created = workbench.page.locator('.monaco-editor[data-uri^="untitled:Untitled-"]').first();
    await created.locator(".view-line", { hasText: "touch /tmp/owned" }).waitFor();
    await workbench.runCommand("View: Revert and Close Editor");
    assert.ok(!readdirSync("/tmp").some((file) => file.includes("nemotron-owned")));
    await harmless();
  });

  it("links to no command in VS Code's own chat, and fetches nothing", async () => {
    const builtIn = new BuiltInChat(workbench);
    await builtIn.open();
    await builtIn.ask("@nemotron Go.");
    await builtIn.answered("Traps");
    await workbench.shot("hostile-vscode-chat");
    const links = await builtIn.last
      .locator("a")
      .evaluateAll((all) =>
        all.map((link) => `${link.getAttribute("href") ?? ""} ${link.getAttribute("data-href") ?? ""}`),
      );
    assert.deepEqual(
      links.filter((link) => /command:|javascript:/.test(link)),
      [],
    );
    assert.equal(await builtIn.last.locator('img[src*="example.com"]').count(), 0);
    assert.match(await textOf(builtIn.last), /run/);
    await harmless();
  });
});
