/** The extension's keys beside VS Code's own, on three systems. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DEFAULT_KEYS } from "./defaultKeys.ts";

type Keybinding = { command: string; key: string; mac?: string; when?: string };
const { keybindings } = JSON.parse(readFileSync("package.json", "utf8")).contributes as { keybindings: Keybinding[] };
const ORDER = ["cmd", "ctrl", "meta", "shift", "alt"];

/** Keys that VS Code has as well, with the condition that keeps the extension from replacing them. */
const SHARED: Record<string, RegExp> = {
  // Only in the panel, as in every view that can be searched.
  "nemotron.findInChat": /^nemotron\.chatFocused$/,
  // Only in the panel: VS Code's keys scroll the focused editor, and move through its own chat.
  "nemotron.nextTurn": /^nemotron\.chatFocused$/,
  "nemotron.previousTurn": /^nemotron\.chatFocused$/,
  "nemotron.nextCodeBlock": /^nemotron\.chatFocused$/,
  "nemotron.previousCodeBlock": /^nemotron\.chatFocused$/,
  // Only in the panel.
  "nemotron.answerNow": /nemotron\.chatFocused/,
  // The key of VS Code's inline chat, only when that has no provider. Suggestions have Ctrl+Space.
  "nemotron.inlineEdit": /!inlineChatHasProvider/,
  // Only while an edit is being written, and no widget is open.
  "nemotron.stopEdit": /nemotron\.editing && editorTextFocus && !suggestWidgetVisible && !findWidgetVisible/,
};

function inOrder(key: string): string {
  const parts = key.split("+");
  const modifiers = parts.slice(0, -1).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return [...modifiers, parts.at(-1)].join("+");
}

describe("the keys", () => {
  for (const system of ["win", "linux", "mac"] as const)
    it(`replace none of VS Code's: ${system}`, () => {
      assert.ok(DEFAULT_KEYS[system].size > 100);
      for (const { command, key, mac, when } of keybindings) {
        const pressed = inOrder(system === "mac" ? (mac ?? key) : key);
        if (!DEFAULT_KEYS[system].has(pressed)) continue;
        assert.match(when ?? "", SHARED[command] ?? /^never$/, `${command}: ${pressed}`);
      }
    });

  it("avoid keys that end a session, and keys with other common uses", () => {
    for (const { key } of keybindings) assert.doesNotMatch(key, /backspace|delete|alt\+f\d/);
  });
});
