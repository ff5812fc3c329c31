/** The browser that shows the workbench. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map(
  (name) => `/usr/bin/${name}`,
);

/** The path of the browser. Installs one if that works without asking. Throws with what to do if there is none. */
export function findChromium(): string {
  const found = present();
  if (found) return found;
  if (existsSync("/etc/debian_version") && process.getuid?.() === 0) installOnDebian();
  const installed = present();
  if (installed) return installed;
  throw new Error(
    "The workbench tests need Chromium or Chrome: install it (Debian: apt-get install chromium fonts-dejavu-core), " +
      "or name its program in CHROMIUM_PATH.",
  );
}

/**
 * A browser without the operating system's sandbox, which containers do not allow: it shows only the tests' own
 * servers. With NEMOTRON_TEST_HEADED=1 its windows are visible.
 */
export function launchChromium(more: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: process.env.NEMOTRON_TEST_HEADED !== "1",
    args: ["--no-sandbox", "--disable-gpu", ...more],
  });
}

/** A script that stops all animations in a page and its frames: drawing one spinning icon takes half a processor. */
export const NO_ANIMATIONS = `{
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { animation-duration: 1ms !important; animation-iteration-count: 1 !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
}`;

function present(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  return named ? named : PLACES.find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installOnDebian(): void {
  console.error("Installing Chromium …");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const packages = ["chromium", "fonts-dejavu-core", "fonts-liberation"];
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", ...packages],
  ])
    spawnSync("apt-get", args, { env, stdio: ["ignore", 2, 2] });
}
