import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const text = readFileSync("deployment.yaml", "utf8").replace(/['"]/g, "").replace(/ *#.*/g, "");
const limits = "(?:        cpu: 500m\n        memory: 256Mi|        memory: 256Mi\n        cpu: 500m)";
assert.match(
  text,
  new RegExp(
    `^containers:\n  - name: web\n    image: example/web:1\\.4\n    resources:\n      limits:\n${limits}\n  - name: log\n    image: example/log:2\\.0\n$`,
  ),
);
