import assert from "node:assert/strict";
import { loadUser } from "project/src/api.ts";
import { exists } from "project/src/exists.ts";
import { greeting } from "project/src/greeting.ts";

assert.deepEqual([loadUser(1), greeting(2), greeting(3), exists(3)], ["Ada", "Hello, Grace!", "Hello, stranger!", false]);
