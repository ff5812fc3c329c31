/** Language ids as LSP names them, for files that no client has opened. */

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
  zig: "zig",
};

/** The language id that a file's name suggests, or "plaintext". */
export function languageOf(path: string): string {
  return EXTENSIONS[extensionOf(path).toLowerCase()] ?? "plaintext";
}

/** The part of a file's name behind its last dot, without the dot; "" when there is none. */
export function extensionOf(path: string): string {
  return /[^/\\]\.([^./\\]+)$/.exec(path)?.[1] ?? "";
}

/** An extension for files of a language, without the dot; "txt" where we know none. */
export function extensionFor(languageId: string): string {
  return Object.keys(EXTENSIONS).find((extension) => EXTENSIONS[extension] === languageId) ?? "txt";
}

/** What a language is called behind the backticks of a fence, where that is not its id. */
const TAGS: Record<string, string> = {
  typescriptreact: "tsx",
  javascriptreact: "jsx",
  shellscript: "bash",
  "cuda-cpp": "cuda",
  plaintext: "",
};

export function fenceTag(languageId: string): string {
  return TAGS[languageId] ?? languageId;
}
