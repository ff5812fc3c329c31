import assert from "node:assert/strict";
import { area } from "project/src/area.ts";

assert.equal(area({ kind: "triangle", base: 4, height: 3 }), 6);
assert.equal(area({ kind: "rectangle", width: 4, height: 3 }), 12);
