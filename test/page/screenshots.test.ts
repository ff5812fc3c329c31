/** A picture of each state in each theme and width, to look at: test-results/screenshots/page/. */
import assert from "node:assert/strict";
import path from "node:path";
import { AGENT_STATES, ALL_STATES } from "./agentStates.ts";
import { type ChatPage, chatPages } from "./chatPage.ts";
import type { ThemeName } from "./themes.ts";

const FOLDER = "test-results/screenshots/page";
const THEMES: ThemeName[] = ["dark", "light", "hc", "hcLight"];
const NARROW = 300;
const WIDTHS = [400, NARROW];

describe("the chat's page in pictures", () => {
  const open = chatPages();

  for (const theme of THEMES)
    for (const width of WIDTHS)
      it(`fits ${width} px in ${theme}, in every state`, async () => {
        await picture(await open({ theme, width, height: 640 }), `${theme}-${width}`);
      });

  // German has the longest words, Japanese the fewest places to break a line.
  for (const language of ["de", "ja"])
    it(`fits ${NARROW} px in ${language}, in every state`, async () => {
      const page = await open({ width: NARROW, height: 640, language });
      assert.equal(await page.page.evaluate(() => document.documentElement.lang), language);
      await picture(page, `${language}-${NARROW}`);
    });
});

async function picture(page: ChatPage, name: string): Promise<void> {
  const shoot = async (state: string) => {
    await page.settled();
    await page.page.screenshot({ path: path.join(FOLDER, `${state}-${name}.png`) });
    const wide = await page.page.evaluate(() =>
      [document.documentElement, document.querySelector(".talk")!]
        .filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => box.className || box.tagName),
    );
    assert.deepEqual(wide, [], `${state} scrolls sideways`);
  };
  for (const [state, messages] of Object.entries(ALL_STATES)) {
    await page.say(...messages);
    await shoot(state);
  }
  await page.say(...AGENT_STATES["agent-done"]!);
  for (const row of [0, 3, 5]) {
    await page.page.locator(".step-toggle").nth(row).click();
    await page.page.locator(".details").last().scrollIntoViewIfNeeded();
    await shoot(`agent-open-${row}`);
    await page.page.locator(".step-toggle").nth(row).click();
  }
  assert.deepEqual(page.errors, []);
}
