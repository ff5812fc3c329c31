/** Every text that the user reads is translated into every language of the model, and no unused text is. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const LANGUAGES = ["de", "es", "fr", "it", "ja"];
const texts = (file: string): Record<string, string> => JSON.parse(readFileSync(file, "utf8"));
const sorted = (values: Iterable<string>) => [...values].sort();

const sources = ["src", "media", "server"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => ({ file: path.join(folder, file), source: readFileSync(path.join(folder, file), "utf8") }))
    .filter(({ source }) => source.includes('from "@vscode/l10n"')),
);
const CALL = /(?<![\w.$])t\(\s*/g;
const LITERAL = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*[,)]/y;

/** The literal at each call of `t`; undefined if the argument is not a literal. */
function said(source: string): (string | undefined)[] {
  return [...source.matchAll(CALL)].map(({ index, 0: call }) => {
    LITERAL.lastIndex = index + call.length;
    const [, literal] = LITERAL.exec(source) ?? [];
    return literal?.slice(1, -1).replace(/\\(.)/g, "$1");
  });
}

const used = new Set(sources.flatMap(({ source }) => said(source)).filter((text) => text !== undefined));
const placeholders = (text: string) => sorted(text.match(/\{\d+\}/g) ?? []);

describe("the texts", () => {
  it("are literals, because only those can be checked", () => {
    const computed = sources.filter(({ source }) => said(source).includes(undefined)).map(({ file }) => file);
    assert.deepEqual(computed, []);
    assert.ok(used.size > 200, `${used.size} texts`);
  });

  for (const language of LANGUAGES) {
    const bundle = texts(`l10n/bundle.l10n.${language}.json`);

    it(`exist in ${language}, and no others`, () => assert.deepEqual(sorted(Object.keys(bundle)), sorted(used)));

    it(`have their placeholders in ${language}`, () => {
      const wrong = Object.entries(bundle).filter(
        ([english, text]) => text === "" || `${placeholders(english)}` !== `${placeholders(text)}`,
      );
      assert.deepEqual(wrong, []);
    });
  }
});

describe("the manifest's texts", () => {
  const english = texts("package.nls.json");
  const links = (text: string) => text.match(/\]\([^)]*\)|`[^`]*`/g) ?? [];

  it("are those that the manifest names", () => {
    const named = readFileSync("package.json", "utf8").matchAll(/"%([\w.]+)%"/g);
    assert.deepEqual(sorted(Object.keys(english)), sorted(new Set([...named].map(([, key]) => key!))));
  });

  for (const language of LANGUAGES)
    it(`exist in ${language}, with their links`, () => {
      const translated = texts(`package.nls.${language}.json`);
      assert.deepEqual(Object.keys(translated), Object.keys(english));
      for (const [key, text] of Object.entries(translated)) {
        assert.notEqual(text.trim(), "", key);
        assert.deepEqual(links(text), links(english[key]!), key);
      }
    });
});
