/** An editor as a user works in it: selections, instructions, Keep and Undo, and the file on disk. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import type { ScriptedReply } from "../host/scripted.ts";
import { succeeds } from "../host/workbench.ts";
import type { Workbench } from "./fixture.ts";

export const CART = readFileSync("test/samples/cart.ts", "utf8");
/** The first and last line of its method `isEven`, 1-based. */
export const IS_EVEN = [22, 28] as const;
/** The sample with `isEven` as the reply below writes it. */
export const SIMPLER = CART.replace(/ {4}if \(n % 2[\s\S]*?\n {4}\}\n/, "    return n % 2 === 0;\n");

export const isEvenReply = (rest: Partial<ScriptedReply> = {}): ScriptedReply => ({
  match: "isEven",
  answer: "```ts\nisEven(n: number) {\n  return n % 2 === 0;\n}\n```",
  ...rest,
});

/** The lines from `first` to `last`, 1-based, without the last line ending. */
export const lines = (text: string, first: number, last?: number) =>
  text
    .split("\n")
    .slice(first - 1, last)
    .join("\n")
    .replace(/\n$/, "");

/** The same text in files of several names, so that each test has its own. */
export const copiesOf = (text: string, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [`${name}.ts`, text]));

const THEMES = {
  dark: { label: "Dark Modern", name: "vs-dark" },
  light: { label: "Light Modern", name: "vs" },
  hc: { label: "Dark High Contrast", name: "hc-black" },
};

export async function setTheme(workbench: Workbench, theme: keyof typeof THEMES): Promise<void> {
  const { page } = workbench;
  const { label, name } = THEMES[theme];
  await workbench.runCommand("Preferences: Color Theme");
  const input = page.locator(".quick-input-widget input[type=text]");
  await input.fill(label);
  await page.locator(`.quick-input-list .monaco-list-row.focused[aria-label^="${label}"]`).waitFor();
  await input.press("Enter");
  await page.locator(`.monaco-workbench.${name}`).waitFor();
}

/** How long to try one click on a lens, ms: a busy machine takes a second a frame. A redrawn lens needs a new click. */
const CLICK_MS = 5000;

export class EditorTab {
  readonly workbench: Workbench;
  readonly file: string;

  constructor(workbench: Workbench, file: string) {
    this.workbench = workbench;
    this.file = file;
  }

  get element(): Locator {
    return this.workbench.editor(this.file);
  }
  get page() {
    return this.workbench.page;
  }
  get input(): Locator {
    return this.page.locator(".quick-input-widget input[type=text]");
  }
  /** A lens of the editor: Keep, Undo, Stop, … */
  lens(title: string | RegExp): Locator {
    return this.element.locator(".codelens-decoration").getByText(title, { exact: typeof title === "string" });
  }
  notification(words: string | RegExp): Locator {
    return this.page.locator(".notification-toast").filter({ hasText: words });
  }
  line(text: string | RegExp): Locator {
    return this.element.locator(".view-line").filter({ hasText: text });
  }
  /** Clicks a lens until it is gone: lenses of an editor that was just opened again do nothing at first. */
  async use(title: string): Promise<void> {
    await this.workbench.pickersClosed();
    await this.lens(title).first().waitFor();
    const isGone = async () => {
      const before = await this.lens(title).count();
      if (before === 0) return true;
      await succeeds(this.lens(title).first().click({ timeout: CLICK_MS }));
      // Each click requests new lenses, and VS Code waits for the last request: quick clicks would keep the old ones.
      for (const end = Date.now() + CLICK_MS; Date.now() < end && (await this.lens(title).count()) === before; )
        await this.page.waitForTimeout(50);
      return (await this.lens(title).count()) === 0;
    };
    await this.workbench.until(isGone, `${title} is done`);
  }

  /** Clicks a lens until the outcome is there: editors redraw lenses, and a click on an old one is lost. */
  async press(lens: Locator, outcome: Locator, state: "visible" | "detached" = "visible"): Promise<void> {
    await this.workbench.pickersClosed();
    await lens.waitFor();
    const hasCome = async () => {
      await succeeds(lens.click({ timeout: CLICK_MS }));
      return succeeds(outcome.waitFor({ state, timeout: 5000 }));
    };
    await this.workbench.until(hasCome, "the lens has done what it says");
  }

  /** The tab's mark of unsaved changes. */
  get dirty(): Locator {
    return this.page.locator(`.tab.dirty[data-resource-name="${path.basename(this.file)}"]`);
  }

  /** Opens the file by its name, or brings its tab to the front. */
  async open(): Promise<void> {
    await this.workbench.pickersClosed();
    const name = path.basename(this.file);
    const row = this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${name}"]`);
    await this.workbench.pick("Control+p", this.file, row);
    await this.element.locator(".view-line").first().waitFor();
    await this.cursor();
  }

  /** Waits until typing goes into the editor. */
  async cursor(): Promise<void> {
    await this.page.locator(`.monaco-editor.focused[data-uri$="/${this.file}"]`).first().waitFor();
  }

  /** Puts the cursor at a position. Lines and columns are 1-based. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.workbench.pickersClosed();
    const place = this.page.locator(".statusbar-item", { hasText: new RegExp(`^Ln ${line}, Col ${column}$`) });
    await this.workbench.until(async () => {
      await this.workbench.typeInPicker("Control+g", `:${line}:${column}`);
      // Pressed in the picker: if the picker has closed, Enter would go into the document.
      return (
        (await succeeds(this.input.press("Enter", { timeout: 2000 }))) && succeeds(place.waitFor({ timeout: 5000 }))
      );
    }, `the cursor is at ${line}:${column}`);
    await this.cursor();
  }

  /** Selects whole lines, the last one without its line ending. 1-based. */
  async select(first: number, last = first): Promise<void> {
    const end = this.page.locator(".statusbar-item", {
      hasText: new RegExp(`^Ln ${last}, Col \\d+( \\(\\d+ selected\\))?$`),
    });
    await this.workbench.until(async () => {
      await this.goTo(first);
      for (let line = first; line < last; line++) await this.page.keyboard.press("Shift+ArrowDown");
      await this.page.keyboard.press("Shift+End");
      return succeeds(end.waitFor({ timeout: 5000 }));
    }, `lines ${first} to ${last} are selected`);
  }

  /** Asks for an edit of the selection. Resolves when the input is closed. */
  async ask(instruction: string, key = "Control+Alt+e"): Promise<void> {
    await this.page.keyboard.press(key);
    await this.input.waitFor();
    await this.input.fill(instruction);
    await this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: instruction }).first().waitFor();
    await this.input.press("Enter");
    await this.input.waitFor({ state: "hidden" });
  }

  /** Like `ask`, and waits for the proposal. */
  async edit(instruction: string): Promise<void> {
    await this.ask(instruction);
    await this.lens("Keep").first().waitFor();
  }

  /** Saves and returns what is on disk. */
  async saved(): Promise<string> {
    await this.page.keyboard.press("Control+s");
    await this.dirty.waitFor({ state: "detached" });
    // An unchanged file is written as well, and is empty for a moment.
    for (let before: string | undefined; ; ) {
      const now = this.onDisk();
      if (now === before) return now;
      before = now;
      await this.page.waitForTimeout(200);
    }
  }

  onDisk(): string {
    return readFileSync(this.path, "utf8");
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  get path(): string {
    return path.join(this.workbench.workspace, this.file);
  }

  async clearNotifications(): Promise<void> {
    await this.workbench.runCommand("Notifications: Clear All Notifications");
    await this.page.locator(".notification-toast").first().waitFor({ state: "detached" });
  }
}

/** The lightbulb beside the code, or in the margin if there is no room. */
const BULB = ".lightBulbWidget, .codicon[class*='gutter-lightbulb']";

/** Chooses from the menu that the lightbulb opens. */
export async function chooseAction(
  workbench: Workbench,
  title: string,
  picture: string,
  how: "mouse" | "keys" = "keys",
): Promise<void> {
  const entry = workbench.page.locator(".action-widget .monaco-list-row", { hasText: title });
  const bulb = workbench.page.locator(".monaco-editor.focused").locator(BULB).filter({ visible: true }).first();
  const { keyboard } = workbench.page;
  const chosen = workbench.page.locator(".action-widget .monaco-list-row.focused", { hasText: title });
  const choose = async () => {
    await workbench.shot(picture);
    if (how === "mouse") return entry.click({ timeout: 4000 });
    await workbench.pressUntil("ArrowDown", chosen);
    await keyboard.press("Enter");
  };
  // The list closes if it was requested before VS Code knows all problems.
  await workbench.until(async () => {
    if (!(await entry.isVisible())) {
      if (how === "mouse") await succeeds(bulb.click({ timeout: 4000 }));
      else await keyboard.press("Control+.");
    }
    if ((await succeeds(entry.waitFor({ timeout: 4000 }))) && (await succeeds(choose()))) return true;
    // Closes a list without the action. A changed selection makes the editor look for actions again.
    for (const key of ["Escape", "Control+1", "Shift+ArrowRight", "Shift+ArrowLeft"]) await keyboard.press(key);
    return false;
  }, `${title} is offered`);
}
