/** The same conversation in every kind of theme, narrow and wide: pictures to look at. */
import { ChatPanel } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, SAMPLE, type Workbench } from "./fixture.ts";

const THEMES = ["Light Modern", "Dark High Contrast", "Light High Contrast", "Dark Modern"];
/** Widths of the panel, px: the narrowest that has to look good, and a comfortable one. */
const WIDTHS = [300, 520];

describe("the looks", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench(SAMPLE);
    chat = new ChatPanel(workbench);
    await workbench.editor("cart.ts").locator(".view-line", { hasText: "function clamp" }).click();
    await workbench.page.keyboard.press("Control+Alt+x");
    await chat.explained("Smaller values become");
    await chat.ask("Write FizzBuzz in Python.");
    await chat.answered("FizzBuzz");
    await chat.ask("Think for a long time.");
    await chat.over();
  });
  after(() => leaveWorkbench(workbench));
  afterEach(() => chat.release());

  const name = (theme: string, width: number) => `looks-${theme.toLowerCase().replaceAll(" ", "-")}-${width}`;

  for (const theme of THEMES)
    it(`are good in ${theme}`, async () => {
      await workbench.runCommand("Preferences: Color Theme");
      await workbench.page.locator(".quick-input-widget input").fill(theme);
      await workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: theme }).first().click();
      for (const width of WIDTHS) {
        await workbench.widen(width);
        await chat.hold();
        await chat.last.getByRole("button", { name: "Regenerate" }).click();
        await chat.frame.getByRole("menuitem", { name: "Try Again" }).click();
        await chat.step();
        await chat.last.locator(".thought-title", { hasText: /[1-9]\d+ of/ }).waitFor();
        await workbench.shot(name(theme, width));
        await chat.stop();
        await chat.frame.locator("main.talk").evaluate((element) => element.scrollTo({ top: 0 }));
        await chat.button("Jump to Latest").waitFor();
        await workbench.shot(`${name(theme, width)}-top`);
      }
    });
});
