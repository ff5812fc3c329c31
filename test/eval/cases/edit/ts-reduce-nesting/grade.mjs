import assert from "node:assert/strict";
import { mayEdit } from "project/access.ts";

const of = (active, roles, locked) => mayEdit({ active, roles }, locked);
assert.deepEqual(
  [mayEdit(undefined, false), of(false, ["admin"], false), of(true, ["editor"], false), of(true, ["editor"], true), of(true, ["admin"], true), of(true, ["admin"], false)],
  [false, false, true, false, true, false],
);
