/** A picture of each state in each theme and width, for people to look at: test-results/screenshots/page/. */
import assert from "node:assert/strict";
import path from "node:path";
import { chatPages } from "./chatPage.ts";
import { STATES } from "./states.ts";
import type { ThemeName } from "./themes.ts";

const FOLDER = "test-results/screenshots/page";
const THEMES: ThemeName[] = ["dark", "light", "hc"];
const WIDTHS = [400, 300];

describe("the chat's page, pictured", () => {
  const open = chatPages();

  for (const theme of THEMES)
    for (const width of WIDTHS)
      it(`fits ${width} px in ${theme}, in every state`, async () => {
        const page = await open({ theme, width, height: 640 });
        for (const [name, messages] of Object.entries(STATES)) {
          await page.say(...messages);
          await page.settled();
          await page.page.screenshot({ path: path.join(FOLDER, `${name}-${theme}-${width}.png`) });
          const wide = await page.page.evaluate(() =>
            [document.documentElement, document.querySelector(".talk")!]
              .filter((box) => box.scrollWidth > box.clientWidth)
              .map((box) => box.className || box.tagName),
          );
          assert.deepEqual(wide, [], `${name} scrolls sideways`);
        }
        assert.deepEqual(page.errors, []);
      });
});
