/** axe-core finds nothing serious in any state and theme. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { ALL_STATES } from "./agentStates.ts";
import { chatPages } from "./chatPage.ts";
import { STATES } from "./states.ts";
import type { ThemeName } from "./themes.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const THEMES: ThemeName[] = ["dark", "light", "hc", "hcLight"];

type WithAxe = Window & { axe: { run: (options: object) => Promise<AxeResults> } };

describe("the chat's page for everybody", () => {
  const open = chatPages();

  for (const theme of THEMES)
    it(`has no serious faults in ${theme}`, async () => {
      const chat = await open({ theme });
      await chat.page.evaluate(AXE);
      for (const [name, messages] of Object.entries(ALL_STATES)) {
        await chat.say(...messages);
        await chat.settled();
        const { violations } = await chat.page.evaluate(() =>
          (window as unknown as WithAxe).axe.run({ resultTypes: ["violations"] }),
        );
        const serious = violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })));
        assert.deepEqual(serious, [], `${name} in ${theme}`);
      }
    });

  it("is usable with the keyboard alone, in visual order", async () => {
    const chat = await open();
    await chat.say(...STATES.done!);
    const names: string[] = [];
    for (let step = 0; step < 40; step++) {
      await chat.page.keyboard.press("Tab");
      const name = await chat.page.evaluate(() => {
        const focused = document.activeElement;
        return focused?.getAttribute("aria-label") ?? focused?.textContent?.trim() ?? "";
      });
      if (names.includes(name)) break;
      names.push(name);
    }
    const order = [
      "clamp.ts:3-9",
      "Copy",
      "Copy Answer",
      "Regenerate",
      "Remove clamp.ts",
      "Attach",
      "Ask about your code",
    ];
    assert.deepEqual(
      names.filter((name) => order.includes(name)),
      order,
    );
  });

  it("shows no motion if the user prefers that", async () => {
    const chat = await open();
    await chat.say(...STATES.thinking!);
    const moving = await chat.page.evaluate(() => document.getAnimations().length);
    assert.equal(moving, 0);
  });
});
