import assert from "node:assert/strict";
import { slug } from "./slug.js";

assert.equal(slug("Hello"), "hello");
assert.equal(slug("A Short Title"), "a-short-title");
assert.equal(slug("  two  spaces "), "two-spaces");
console.log("passed");
