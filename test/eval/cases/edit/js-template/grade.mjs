import assert from "node:assert/strict";
import { message } from "project/message.js";

assert.equal(message("Ada", 3), "Hello, Ada: 3 new messages");
