// Bundles what ships (the extension, the language server, the engine process, the chat's page) and what tests it.
import { readdirSync } from "node:fs";
import { chmod, cp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { build, context } from "esbuild";

/** CommonJS dependencies use require() and __filename, which ES modules do not have. */
const require = [
  'import { createRequire as nemotronRequire } from "node:module"; const require = nemotronRequire(import.meta.url);',
  'import { fileURLToPath as nemotronPath } from "node:url"; const __filename = nemotronPath(import.meta.url);',
].join("\n");

const common = { bundle: true, sourcemap: true, logLevel: "warning" };
const node = {
  ...common,
  platform: "node",
  format: "esm",
  target: "node20",
  outExtension: { ".js": ".mjs" },
  // The CommonJS form of some packages (jsonc-parser) loads its parts in a way that no bundler can follow.
  mainFields: ["module", "main"],
};
/** For the extension host and its tests: it loads CommonJS, and provides `vscode`. */
const extensionHost = { ...node, format: "cjs", outExtension: { ".js": ".cjs" }, external: ["vscode"] };
/** Dynamic imports become separate files: the language client is most of the code, and activation does not need it. */
const loadedOnFirstUse = {
  name: "loaded-on-first-use",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\..*\.ts$/ }, ({ kind, path: file }) =>
      kind === "dynamic-import" ? { path: `./${path.basename(file, ".ts")}.cjs`, external: true } : undefined,
    ),
};
/** KaTeX's CSS names each font in three formats. VS Code needs only the smallest one. */
const onlyWoff2 = {
  name: "only-woff2",
  setup: ({ onLoad }) =>
    onLoad({ filter: /katex\.min\.css$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, "utf8")).replace(/,url\([^)]+\) format\("(woff|truetype)"\)/g, ""),
      loader: "css",
    })),
};
/** VS Code 1.106, the oldest version that the manifest allows, runs on Electron 37, which is Chrome 138. */
const browser = { ...common, platform: "browser", format: "esm", target: "chrome138" };
/** For shipping: small, and without source maps. */
const production = { minify: true, sourcemap: false, legalComments: "none" };

/** Builds everything into dist/, for development and the tests. */
export async function bundle() {
  await rm("dist", { recursive: true, force: true });
  const builds = [...product("dist"), ...tests("dist/test")].map((options) => build(options));
  await Promise.all([...builds, ...grammars("dist")]);
  // `npm link` makes it a command.
  await chmod("dist/server.mjs", 0o755);
}

/**
 * Builds everything, then each bundle again when one of its files changes. New test files need a restart. Resolves
 * after the first build, with a function that ends the watch.
 */
export async function watch() {
  const bundles = [...product("dist"), ...tests("dist/test")].map((options) =>
    context({ ...options, logLevel: "info" }),
  );
  const contexts = await Promise.all(bundles);
  await Promise.all([...contexts.map((bundle) => bundle.rebuild()), ...grammars("dist")]);
  await Promise.all(contexts.map((bundle) => bundle.watch()));
  return () => Promise.all(contexts.map((bundle) => bundle.dispose()));
}

/** Builds what ships into a folder, minified. Returns the source files that are part of it. */
export async function bundleForShipping(outdir) {
  const bundles = product(outdir, { ...production, metafile: true });
  const results = await Promise.all(bundles.map((options) => build(options)));
  await Promise.all(grammars(outdir));
  return results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

/** Parsers of the languages in which edits are checked (server/features/code/grammars.ts); the package has more. */
const GRAMMARS = "node_modules/@vscode/tree-sitter-wasm/wasm";
const UNUSED_GRAMMARS = ["tree-sitter-ini.wasm", "tree-sitter-regex.wasm"];

function grammars(outdir) {
  const files = readdirSync(GRAMMARS).filter((file) => file.endsWith(".wasm") && !UNUSED_GRAMMARS.includes(file));
  return files.map((file) => cp(path.join(GRAMMARS, file), path.join(outdir, "grammars", file)));
}

/** The bundles that ship, as options of esbuild. */
function product(outdir, options = {}) {
  return [
    {
      ...node,
      ...options,
      entryPoints: {
        server: "server/cli/main.ts",
        engine: "server/engine/process/main.ts",
        host: "server/sharing/host/main.ts",
      },
      outdir,
      // A process loads only the chunks that it needs: most servers never download, unpack, or ask an endpoint.
      splitting: true,
      chunkNames: "shared/[name]-[hash]",
      // It contains native code, so it is loaded from node_modules at run time.
      external: ["node-llama-cpp"],
      banner: { js: require },
    },
    {
      ...extensionHost,
      ...options,
      entryPoints: { extension: "src/extension.ts", connection: "src/client/connection.ts" },
      outdir,
      plugins: [loadedOnFirstUse],
    },
    {
      ...browser,
      ...options,
      entryPoints: { main: "media/main.tsx" },
      outdir: path.join(outdir, "media"),
      // Each language's grammar is a chunk of its own, which is loaded when code of that language is shown.
      splitting: true,
      jsx: "automatic",
      jsxImportSource: "preact",
    },
    {
      ...browser,
      ...options,
      entryPoints: {
        main: "media/main.css",
        codicon: "@vscode/codicons/dist/codicon.css",
        katex: "katex/dist/katex.min.css",
      },
      outdir: path.join(outdir, "media"),
      loader: { ".ttf": "file", ".woff2": "file" },
      plugins: [onlyWoff2],
      assetNames: "[name]",
    },
  ];
}

/** The bundles of the tests, as options of esbuild. */
function tests(outdir) {
  const files = readdirSync("test", { recursive: true, encoding: "utf8" }).map((file) =>
    path.posix.join("test", file.split(path.sep).join("/")),
  );
  const suite = (file) => file.startsWith("test/vscode/suite/");
  const found = files.filter((file) => file.endsWith(".test.ts"));
  const options = { outdir, outbase: "test", packages: "external" };
  return [
    {
      ...node,
      ...options,
      // Suites that run in one process share one instance of the modules that they have in common.
      splitting: true,
      chunkNames: "shared/[name]-[hash]",
      entryPoints: [
        ...found.filter((file) => !suite(file)),
        ...[
          "test/demo/main.ts",
          "test/bench/main.ts",
          "test/bench/bareLoop.ts",
          "test/page/rendering.ts",
          "test/eval/main.ts",
        ],
        ...[
          "test/vscode/run.ts",
          "test/vscode/desktop.ts",
          "test/vscode/openWorkbench.ts",
          "test/vscode/screenshots.ts",
        ],
        ...[
          "test/vscode/walkthrough.ts",
          "test/vscode/inside.ts",
          "test/vscode/prepare.ts",
          "test/part.ts",
          "test/run.ts",
          "test/setup.ts",
        ],
        ...["test/support/scriptedServer.ts", "test/support/engineHook.ts", "test/support/choicesHook.ts"],
        ...[
          "test/faults/main.ts",
          "test/faults/soak.ts",
          "test/faults/manyStrangers.ts",
          "test/faults/memoryHook.ts",
          "test/faults/extensionHost.ts",
        ],
      ],
    },
    { ...extensionHost, ...options, entryPoints: ["test/vscode/suite/index.ts", ...found.filter(suite)] },
  ];
}
