// Bundles what ships (the extension, the language server and the engine process) and what tests them into dist/.
import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { build } from "esbuild";

/** Dependencies in CommonJS call require(), which an ES module has to be given. */
const require =
  'import { createRequire as nemotronRequire } from "node:module"; const require = nemotronRequire(import.meta.url);';

const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  outExtension: { ".js": ".mjs" },
  sourcemap: true,
  logLevel: "warning",
};

export async function bundle() {
  const tests = readdirSync("test", { recursive: true })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => `test/${file}`);
  await rm("dist", { recursive: true, force: true });
  await Promise.all([
    build({
      ...common,
      entryPoints: { server: "server/main.ts", engine: "server/engine/process.ts" },
      outdir: "dist",
      // Native: it is found in node_modules at run time.
      external: ["node-llama-cpp"],
      banner: { js: require },
    }),
    build({
      ...common,
      entryPoints: { extension: "src/extension.ts" },
      outdir: "dist",
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      external: ["vscode"],
    }),
    build({
      ...common,
      entryPoints: [...tests, "test/demo/main.ts", "test/bench/main.ts", "test/bench/bareLoop.ts"],
      outdir: "dist/test",
      outbase: "test",
      packages: "external",
    }),
  ]);
}
