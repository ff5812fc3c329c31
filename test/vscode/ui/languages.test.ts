/** The extension uses VS Code's display language: in the palette, the status bar and the chat's page. */
import assert from "node:assert/strict";
import { ChatPanel } from "./chatPanel.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

const WORDS = {
  de: {
    status: /Denkbudget|Kontext|denkt/,
    command: "Nemotron: Denkbudget festlegen …",
    welcome: "Fragen zum Code stellen",
  },
  ja: { status: /思考/, command: "Nemotron: 思考予算を設定…", welcome: "コードについて質問" },
};

for (const [language, words] of Object.entries(WORDS))
  describe(`the workbench in ${language}`, () => {
    let workbench: Workbench;
    let chat: ChatPanel;
    before(async () => {
      workbench = await openWorkbench({ language, file: "cart.ts" });
      chat = new ChatPanel(workbench);
    });
    after(() => workbench?.stop());

    it("has its commands in that language", async () => {
      await workbench.runCommand(words.command);
      await workbench.page.locator(".quick-input-title").waitFor();
      await workbench.shot(`language-${language}-thinking`);
      await workbench.page.keyboard.press("Escape");
    });

    it("has the chat in that language", async () => {
      await chat.open();
      await chat.frame.locator(".welcome h2", { hasText: words.welcome }).waitFor();
      assert.equal(await chat.frame.locator("html").getAttribute("lang"), language);
      await workbench.shot(`language-${language}-chat`);
    });

    it("has the status bar in that language", async () => {
      const item = workbench.statusItem.locator("[aria-label]").first();
      await workbench.until(
        async () => words.status.test((await item.getAttribute("aria-label")) ?? ""),
        "it speaks it",
      );
    });
  });
