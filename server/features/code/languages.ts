/** LSP language ids for files that no client has opened. */

const EXTENSIONS: Record<string, string> = {
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  tsx: "typescriptreact",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "javascriptreact",
  py: "python",
  pyi: "python",
  go: "go",
  rs: "rust",
  java: "java",
  c: "c",
  h: "c",
  cpp: "cpp",
  cc: "cpp",
  cxx: "cpp",
  hpp: "cpp",
  cu: "cuda-cpp",
  cs: "csharp",
  rb: "ruby",
  php: "php",
  swift: "swift",
  kt: "kotlin",
  kts: "kotlin",
  scala: "scala",
  dart: "dart",
  sh: "shellscript",
  bash: "shellscript",
  ps1: "powershell",
  sql: "sql",
  html: "html",
  css: "css",
  scss: "scss",
  less: "less",
  vue: "vue",
  svelte: "svelte",
  xml: "xml",
  json: "json",
  jsonc: "jsonc",
  yaml: "yaml",
  yml: "yaml",
  toml: "toml",
  ini: "ini",
  md: "markdown",
  markdown: "markdown",
  tex: "latex",
  lua: "lua",
  pl: "perl",
  r: "r",
  ex: "elixir",
  exs: "elixir",
  hs: "haskell",
  clj: "clojure",
  cljs: "clojure",
  cljc: "clojure",
  groovy: "groovy",
  fs: "fsharp",
  erl: "erlang",
  jl: "julia",
  zig: "zig",
};

/** The language id for a file name, or "plaintext". */
export function languageOf(path: string): string {
  return EXTENSIONS[extensionOf(path).toLowerCase()] ?? "plaintext";
}

/** The part of a file name after its last dot; "" if there is none. */
export function extensionOf(path: string): string {
  return /[^/\\]\.([^./\\]+)$/.exec(path)?.[1] ?? "";
}

/** A file extension for a language, without the dot; "txt" if unknown. */
export function extensionFor(languageId: string): string {
  return Object.keys(EXTENSIONS).find((extension) => EXTENSIONS[extension] === languageId) ?? "txt";
}

/** The tags of fences that differ from the language id. */
const TAGS: Record<string, string> = {
  typescriptreact: "tsx",
  javascriptreact: "jsx",
  shellscript: "bash",
  "cuda-cpp": "cuda",
  plaintext: "",
};

/** The tag after the backticks of a fence. Empty for plain text. */
export function fenceTag(languageId: string): string {
  return TAGS[languageId] ?? languageId;
}

/** Whether a language is TypeScript or JavaScript, or has a script in one of them. */
export const isScript = (languageId: string) => /^(?:type|java)script|^(?:vue|svelte|astro)$/.test(languageId);
