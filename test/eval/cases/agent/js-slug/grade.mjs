import assert from "node:assert/strict";
import { slug } from "project/slug.js";

assert.deepEqual(["Hello", "A Short Title", "  two  spaces ", "a b c d"].map(slug), ["hello", "a-short-title", "two-spaces", "a-b-c-d"]);
