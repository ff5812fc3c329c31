/** What the menu, the lightbulb and the chat offer for code, besides free instructions. */
import assert from "node:assert/strict";
import { type ScriptedReply, writeScript } from "../host/scripted.ts";
import { ChatPanel } from "./chatPanel.ts";
import { CART, chooseAction, copiesOf, EditorTab, IS_EVEN, isEvenReply, SIMPLER } from "./editor.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

/** The sample with a mistake that TypeScript finds on line 24. */
const FAULTY = CART.replace("return true;", "return truth;");
const TEST_FILE = 'import { total } from "../cart";\n\nit("adds up", () => {\n  expect(total([])).toBe(0);\n});\n';
const CLAMP =
  "export function clamp(x: number, min: number, max: number) {\n  return Math.min(Math.max(x, min), max);\n}";

describe("actions for code", () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({
      files: {
        ...copiesOf(CART, "refactor", "rewrite", "tested", "applied"),
        "menu.ts": FAULTY,
        "faulty.ts": FAULTY,
        "covered.ts": CART,
        "test/covered.test.ts": TEST_FILE,
        "package.json": JSON.stringify({ devDependencies: { vitest: "1.0.0" } }),
        "test/other.test.ts": 'import { it } from "vitest";\nit("is", () => {});\n',
      },
      script: [],
      settings: {
        "nemotron.thinking.mode": "off",
        "workbench.editor.enablePreview": false,
        "editor.hover.enabled": "off",
      },
    });
  });
  after(() => leaveWorkbench(workbench));

  const press = (key: string) => workbench.page.keyboard.press(key);
  const script = (...replies: ScriptedReply[]) => writeScript(workbench.server.directory, replies);
  async function selected(name: string, range: readonly [number, number] = IS_EVEN): Promise<EditorTab> {
    const tab = new EditorTab(workbench, `${name}.ts`);
    await tab.open();
    await tab.select(...range);
    return tab;
  }

  describe("in the editor's menu", () => {
    let tab: EditorTab;
    let chat: ChatPanel;
    async function choose(entry: string, how: "mouse" | "keys"): Promise<void> {
      tab = await selected("menu");
      if (how === "keys") return workbench.menuByKeys("Nemotron", entry);
      const item = await workbench.menu(() => tab.line("return truth;").click({ button: "right" }), "Nemotron", entry);
      await workbench.shot(`actions-menu-${entry.replace(/\W+/g, "-").toLowerCase()}`);
      await item.click();
    }
    before(() => {
      chat = new ChatPanel(workbench);
    });

    for (const how of ["mouse", "keys"] as const)
      describe(`by ${how}`, () => {
        for (const entry of ["Simplify", "Document", "Add Types", "Fix"])
          it(`${entry} proposes an edit`, async () => {
            script(isEvenReply());
            await choose(entry, how);
            await tab.lens("Keep").first().waitFor();
            assert.equal(await tab.saved(), SIMPLER);
            await press("Control+z");
            await tab.lens("Keep").first().waitFor({ state: "detached" });
            assert.equal(await tab.saved(), FAULTY);
          });

        for (const entry of ["Edit…", "Refactor…"])
          it(`${entry} asks what should change`, async () => {
            await choose(entry, how);
            await tab.input.waitFor();
            await press("Escape");
            await tab.input.waitFor({ state: "hidden" });
            assert.equal(tab.onDisk(), FAULTY);
          });

        for (const entry of ["Explain", "Explain Problem"])
          it(`${entry} answers in the chat`, async () => {
            script({ match: "isEven", answer: `This is what ${entry} says by ${how}.` });
            await choose(entry, how);
            await chat.explained(`This is what ${entry} says by ${how}.`);
          });

        it("Ask About This… puts the selection into the composer", async () => {
          await choose("Ask About This…", how);
          const chip = chat.chips.filter({ hasText: "menu.ts:22-28" }).and(chat.frame.locator(":not(.implicit)"));
          await chip.first().waitFor();
          await chat.cursor();
          await chip.first().locator(".chip-remove").click();
          await chip.first().waitFor({ state: "detached" });
        });

        it("Write Tests opens the file that it proposes", async () => {
          const text = TEST_FILE.replace("adds up", `adds up ${how}`);
          script({ match: "test", answer: `\`\`\`ts\n${text}\`\`\`` });
          await choose("Write Tests", how);
          await workbench
            .editor("menu.test.ts")
            .locator(".view-line", { hasText: `adds up ${how}` })
            .waitFor();
          // The new file is left unsaved for the user.
          await workbench.runCommand("File: Revert File");
        });
      });
  });

  it("Write Tests proposes its tests in an existing test file", async () => {
    const own = 'it("is even", () => {\n  expect(isEven(2)).toBe(true);\n});';
    script({ match: "test/covered.test.ts lacks", answer: `\`\`\`ts\n${own}\n\`\`\`` });
    await selected("covered");
    await workbench.runCommand("Nemotron: Write Tests");
    const tests = new EditorTab(workbench, "test/covered.test.ts");
    await tests.lens("Keep").first().waitFor();
    await workbench.shot("actions-tests-added");
    await tests.use("Keep");
    assert.equal(await tests.saved(), `${TEST_FILE}\n${own}\n`);
  });

  it("refactor by predefined instructions, and by free ones", async () => {
    script(isEvenReply({ match: "reduce the nesting" }));
    const tab = await selected("refactor");
    const row = (text: string) => workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: text });
    await workbench.choose("Nemotron: Refactor…", row("Extract function"), async () => {
      await row("Rename for clarity").waitFor({ timeout: 5000 });
      await workbench.shot("actions-refactor");
      await row("Reduce nesting").click({ timeout: 5000 });
    });
    await tab.lens("Keep").first().waitFor();
    assert.equal(await tab.saved(), SIMPLER);
    await press("Control+z");
    await tab.lens("Keep").first().waitFor({ state: "detached" });
    script(isEvenReply({ match: "without branches" }));
    await tab.select(...IS_EVEN);
    await workbench.choose("Nemotron: Refactor…", row("Extract function"), async () => {
      await tab.input.fill("without branches", { timeout: 5000 });
      await row("without branches").waitFor({ timeout: 5000 });
      await press("Enter");
    });
    await tab.lens("Keep").first().waitFor();
    assert.equal(await tab.saved(), SIMPLER);
  });

  it("fix a problem from the lightbulb, with its message in the prompt", async () => {
    script(isEvenReply({ match: "Cannot find name 'truth'" }));
    const tab = new EditorTab(workbench, "faulty.ts");
    await tab.open();
    await tab.element.locator(".squiggly-error").nth(1).waitFor();
    await tab.goTo(24, 16);
    await chooseAction(workbench, "Fix with Nemotron", "actions-fix", "mouse");
    await tab.lens("Keep").first().waitFor();
    assert.equal(await tab.saved(), SIMPLER);
  });

  it("rewrite a selection, from the lightbulb", async () => {
    script(isEvenReply({ match: "simplify this code" }));
    const tab = await selected("rewrite");
    await chooseAction(workbench, "Simplify with Nemotron", "actions-rewrite");
    await tab.lens("Keep").first().waitFor();
    assert.equal(await tab.saved(), SIMPLER);
  });

  it("write tests beside the project's own, into an unsaved file", async () => {
    script({ match: "test", answer: `\`\`\`ts\n${TEST_FILE}\`\`\`` });
    await selected("tested", [31, 37]);
    await workbench.runCommand("Nemotron: Write Tests");
    const editor = workbench.editor("tested.test.ts");
    await editor.locator(".view-line", { hasText: "adds up" }).waitFor();
    await workbench.shot("actions-tests");
    const file = new EditorTab(workbench, "test/tested.test.ts");
    await press("Control+s");
    await workbench.until(async () => file.exists && file.onDisk() === TEST_FILE, "it is saved where it was proposed");
  });

  describe("of an answer", () => {
    let chat: ChatPanel;
    let tab: EditorTab;
    before(async () => {
      tab = new EditorTab(workbench, "applied.ts");
      await tab.open();
      chat = new ChatPanel(workbench);
    });
    const apply = () => chat.answer.locator(".code").getByRole("button", { name: "Apply", exact: true });

    it("apply to the code that they rewrite, wherever the cursor is", async () => {
      script({ match: "clamp", answer: `Like this:\n\n\`\`\`ts\n${CLAMP}\n\`\`\`` });
      await tab.goTo(33);
      await chat.open();
      await chat.ask("Write clamp with Math.");
      await chat.answered("Like this");
      await workbench.shot("actions-apply");
      await apply().click();
      await tab.lens("Keep").first().waitFor();
      await workbench.shot("actions-applied");
      assert.equal(await tab.saved(), CART.replace(/export function clamp[\s\S]*?\n\}/, CLAMP));
      await tab.element.locator(".view-line").first().click();
      await press("Control+z");
      await tab.lens("Keep").first().waitFor({ state: "detached" });
      assert.equal(await tab.saved(), CART);
    });

    it("apply and are kept with keys alone", async () => {
      await press("Control+Alt+m");
      await chat.cursor();
      await workbench.pressUntil("Shift+Tab", chat.frame.locator(":focus").and(apply()));
      await press("Enter");
      await tab.lens("Keep").first().waitFor();
      await press("Control+Alt+Shift+j");
      await tab.lens("Keep").first().waitFor({ state: "detached" });
      assert.equal(await tab.saved(), CART.replace(/export function clamp[\s\S]*?\n\}/, CLAMP));
      await press("Control+z");
      await workbench.until(async () => (await tab.saved()) === CART, "it is as it was");
    });

    it("ask for a place if they have none, and are proposed there", async () => {
      script({ match: "elsewhere", answer: "```ts\nelsewhere.call(1);\n```" });
      await chat.open();
      await chat.ask("Something from elsewhere?");
      await chat.over();
      await apply().click();
      const offer = (words: string) => workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: words });
      await offer("Insert at the cursor").waitFor();
      await offer("Create a new file").waitFor();
      await workbench.shot("actions-places");
      await press("Escape");
      await tab.input.waitFor({ state: "hidden" });
      assert.equal(await tab.dirty.count(), 0);
      await apply().click();
      await offer("Add at the end of applied.ts").click();
      await tab.lens("Keep").first().waitFor();
      await press("Control+Alt+Shift+j");
      await tab.lens("Keep").first().waitFor({ state: "detached" });
      assert.equal(await tab.saved(), `${CART}elsewhere.call(1);\n`);
    });
  });
});
