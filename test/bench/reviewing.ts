/** How long a user of the real workbench waits for a proposal after the model's last token. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { findChromium } from "../vscode/host/chromium.ts";
import { isSupported } from "../vscode/host/install.ts";
import { Workbench } from "../vscode/host/workbench.ts";
import { EditorTab } from "../vscode/ui/editor.ts";
import { type Figure, median, round } from "./figures.ts";

const LINES = 2000;
const ROUNDS = 7;
const TARGET_MS = 500;
/** Functions of four lines. */
const TEXT = Array.from({ length: LINES / 4 }, (_, i) => `export function f${i}() {\n  return ${i};\n}\n\n`).join("");
const PASSAGE = "<<<<<<< SEARCH\n  return 7;\n=======\n  const seven = 7;\n  return seven;\n>>>>>>> REPLACE";
/** Runs in the page: the time at which the Keep lens is drawn, Unix time in ms. */
const SHOWN = `document.querySelector(".codelens-decoration a")?.textContent.includes("Keep") && Date.now()`;

/** Returns no figures if the workbench cannot run here. */
export async function reviewing(): Promise<Figure[]> {
  if (!isPossible()) return [];
  const workbench = await Workbench.open({
    files: { "long.ts": TEXT },
    // Slow enough that the end can be observed.
    script: [{ match: "", answer: `\`\`\`ts\n${PASSAGE}\n\`\`\``, delayMs: 30 }],
    settings: { "nemotron.thinking.mode": "off" },
  });
  try {
    const times = await measure(workbench);
    const [ms, most] = [median(times), Math.max(...times)];
    const what = `a reply's last token to a reviewed hunk on screen, ${LINES} lines`;
    return [
      { what, value: round(ms, 0), unit: "ms", target: `<= ${TARGET_MS}`, met: ms <= TARGET_MS },
      { what: `the same, the slowest of ${ROUNDS}`, value: round(most, 0), unit: "ms" },
    ];
  } finally {
    await workbench.stop();
  }
}

function isPossible(): boolean {
  try {
    findChromium();
    return isSupported();
  } catch (error) {
    console.error(`Proposals in the workbench are not measured. ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

async function measure(workbench: Workbench): Promise<number[]> {
  const tab = new EditorTab(workbench, "long.ts");
  const ends = path.join(workbench.server.directory, "script.json.ends");
  await tab.open();
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    await tab.goTo(1);
    await tab.page.keyboard.press("Control+Shift+End");
    await tab.ask(`change it ${i}`);
    // The change is at the top.
    await tab.page.keyboard.press("Control+Home");
    const shown = await tab.page.waitForFunction(SHOWN, undefined, { polling: "raf" });
    const end = readFileSync(ends, "utf8").trim().split("\n").at(-1);
    times.push(Number(await shown.jsonValue()) - Number(end));
    await tab.page.keyboard.press("Control+z");
    await tab.lens("Keep").waitFor({ state: "detached" });
  }
  return times;
}
