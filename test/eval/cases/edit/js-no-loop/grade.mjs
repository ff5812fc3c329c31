import assert from "node:assert/strict";
import { adults } from "project/names.js";

assert.deepEqual(adults([{ name: "a", age: 18 }, { name: "b", age: 17 }, { name: "c", age: 40 }]), ["a", "c"]);
