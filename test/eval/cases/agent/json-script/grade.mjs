import assert from "node:assert/strict";
import manifest from "project/package.json";

const { scripts, ...rest } = manifest;
assert.deepEqual(scripts, {
  build: "esbuild src/main.js --bundle --outfile=dist/main.js",
  lint: "eslint .",
  test: "npm run lint && node --test",
});
assert.deepEqual(rest, {
  name: "shop",
  private: true,
  type: "module",
  devDependencies: { esbuild: "0.25.0", eslint: "9.0.0" },
});
