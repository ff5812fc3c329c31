/** The languages that code is coloured in. Each is a chunk of its own, loaded when it is first needed. */
import type { LanguageRegistration } from "@shikijs/core";

type Load = () => Promise<{ default: LanguageRegistration[] }>;

const LANGUAGES = {
  c: () => import("@shikijs/langs/c"),
  cpp: () => import("@shikijs/langs/cpp"),
  csharp: () => import("@shikijs/langs/csharp"),
  css: () => import("@shikijs/langs/css"),
  dart: () => import("@shikijs/langs/dart"),
  diff: () => import("@shikijs/langs/diff"),
  docker: () => import("@shikijs/langs/docker"),
  go: () => import("@shikijs/langs/go"),
  graphql: () => import("@shikijs/langs/graphql"),
  html: () => import("@shikijs/langs/html"),
  ini: () => import("@shikijs/langs/ini"),
  java: () => import("@shikijs/langs/java"),
  javascript: () => import("@shikijs/langs/javascript"),
  json: () => import("@shikijs/langs/json"),
  jsonc: () => import("@shikijs/langs/jsonc"),
  jsx: () => import("@shikijs/langs/jsx"),
  kotlin: () => import("@shikijs/langs/kotlin"),
  lua: () => import("@shikijs/langs/lua"),
  make: () => import("@shikijs/langs/make"),
  markdown: () => import("@shikijs/langs/markdown"),
  php: () => import("@shikijs/langs/php"),
  powershell: () => import("@shikijs/langs/powershell"),
  python: () => import("@shikijs/langs/python"),
  ruby: () => import("@shikijs/langs/ruby"),
  rust: () => import("@shikijs/langs/rust"),
  scss: () => import("@shikijs/langs/scss"),
  shellscript: () => import("@shikijs/langs/shellscript"),
  sql: () => import("@shikijs/langs/sql"),
  swift: () => import("@shikijs/langs/swift"),
  toml: () => import("@shikijs/langs/toml"),
  tsx: () => import("@shikijs/langs/tsx"),
  typescript: () => import("@shikijs/langs/typescript"),
  vue: () => import("@shikijs/langs/vue"),
  xml: () => import("@shikijs/langs/xml"),
  yaml: () => import("@shikijs/langs/yaml"),
} satisfies Record<string, Load>;

export type Language = keyof typeof LANGUAGES;

/** Other names that models write after a fence. */
const ALIASES: Record<string, Language> = {
  ...{ "c++": "cpp", cc: "cpp", cxx: "cpp", h: "c", hpp: "cpp", "c#": "csharp", cs: "csharp" },
  ...{ bash: "shellscript", console: "shellscript", sh: "shellscript", shell: "shellscript", zsh: "shellscript" },
  ...{ cjs: "javascript", js: "javascript", mjs: "javascript", node: "javascript", json5: "jsonc" },
  ...{ cts: "typescript", mts: "typescript", ts: "typescript", typescriptreact: "tsx", javascriptreact: "jsx" },
  ...{ dockerfile: "docker", golang: "go", gql: "graphql", htm: "html", kt: "kotlin", makefile: "make" },
  ...{ md: "markdown", patch: "diff", ps1: "powershell", pwsh: "powershell", py: "python", python3: "python" },
  ...{ rb: "ruby", rs: "rust", sass: "scss", svg: "xml", yml: "yaml", properties: "ini", postgresql: "sql" },
};

/** @returns undefined for a language that is shown without colours. */
export function languageNamed(name: string): Language | undefined {
  const lower = name.toLowerCase();
  if (Object.hasOwn(LANGUAGES, lower)) return lower as Language;
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : undefined;
}

/** The grammar, and the grammars that it includes. Rejects if the chunk does not load. */
export async function loadLanguage(language: Language): Promise<LanguageRegistration[]> {
  return (await LANGUAGES[language]()).default;
}

/** The first word after the fence, for example of ```` ```ts title="a.ts" ````. */
export function languageOf(info: string): string {
  return info.trim().split(/\s+/)[0] ?? "";
}
