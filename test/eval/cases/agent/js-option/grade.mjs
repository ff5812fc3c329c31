import assert from "node:assert/strict";
import { greet } from "project/greet.js";

assert.deepEqual(
  [greet("Ada"), greet("Ada", {}), greet("Ada", { loud: false }), greet("Ada", { loud: true })],
  ["Hello, Ada!", "Hello, Ada!", "Hello, Ada!", "HELLO, ADA!"],
);
