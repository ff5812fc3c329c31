import assert from "node:assert/strict";
import theme from "project/theme.json";

assert.deepEqual(theme, {
  name: "Dusk",
  styles: [
    { scope: "comment", color: "#888888" },
    { scope: "string", color: "#55aa55", bold: true },
  ],
});
