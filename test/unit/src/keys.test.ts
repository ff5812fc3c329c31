/** Our keys beside VS Code's own, on three systems. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DEFAULT_KEYS } from "./defaultKeys.ts";

type Keybinding = { command: string; key: string; mac?: string; when?: string };
const { keybindings } = JSON.parse(readFileSync("package.json", "utf8")).contributes as { keybindings: Keybinding[] };
const ORDER = ["cmd", "ctrl", "meta", "shift", "alt"];

/** What VS Code has there as well, and why ours is not in its place. */
const SHARED: Record<string, RegExp> = {
  // Only in our panel, and for it, as in every view that can be searched.
  "nemotron.findInChat": /^nemotron\.chatFocused$/,
  // Only in our panel: VS Code's scroll an editor that has the focus, and go through its own chat.
  "nemotron.nextTurn": /^nemotron\.chatFocused$/,
  "nemotron.previousTurn": /^nemotron\.chatFocused$/,
  "nemotron.nextCodeBlock": /^nemotron\.chatFocused$/,
  "nemotron.previousCodeBlock": /^nemotron\.chatFocused$/,
  // Only in our panel.
  "nemotron.answerNow": /nemotron\.chatFocused/,
  // As VS Code's own inline chat, in whose place it is where there is none; suggestions have Ctrl+Space.
  "nemotron.inlineEdit": /!inlineChatHasProvider/,
  // Only while an edit is being written, and nothing else is there to be left.
  "nemotron.stopEdit": /nemotron\.editing && editorTextFocus && !suggestWidgetVisible && !findWidgetVisible/,
};

function inOrder(key: string): string {
  const parts = key.split("+");
  const modifiers = parts.slice(0, -1).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return [...modifiers, parts.at(-1)].join("+");
}

describe("the keys", () => {
  for (const system of ["win", "linux", "mac"] as const)
    it(`take none of VS Code's from its place: ${system}`, () => {
      assert.ok(DEFAULT_KEYS[system].size > 100);
      for (const { command, key, mac, when } of keybindings) {
        const pressed = inOrder(system === "mac" ? (mac ?? key) : key);
        if (!DEFAULT_KEYS[system].has(pressed)) continue;
        assert.match(when ?? "", SHARED[command] ?? /^never$/, `${command}: ${pressed}`);
      }
    });

  it("leave alone what ends a session, and what others press without meaning us", () => {
    for (const { key } of keybindings) assert.doesNotMatch(key, /backspace|delete|alt\+f\d/);
  });
});
