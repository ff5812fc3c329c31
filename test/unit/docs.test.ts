/** The documents: links lead somewhere, files that they name exist, generated parts are current, and they stay short. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** Maximum sizes of what a newcomer reads first, bytes. */
const MAX_BYTES = { "README.md": 8192, "CONTRIBUTING.md": 5120 };

/** The folders of the files that documents name. */
const FOLDERS = ["src", "server", "media", "test", "build", "docs", ".github", ".vscode", ".ci"];
/** File names that documents use as examples. */
const EXAMPLES = new Set(["src/thinker.ts", "show.mjs"]);

const documents = [
  ...readdirSync(".").filter((file) => file.endsWith(".md")),
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.posix.join("docs", file.split(path.sep).join("/"))),
];
const text = (file: string) => readFileSync(file, "utf8");

/** The anchors that GitHub makes from a file's headings. */
const anchors = (file: string) =>
  [...text(file).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("the documents", () => {
  it("link to files and headings that exist", () => {
    const broken = documents.flatMap((file) =>
      [...text(file).matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
        .map(([link, target, anchor]) => ({
          link,
          anchor,
          target: path.join(path.dirname(file), target || path.basename(file)),
        }))
        .filter(
          ({ target, anchor }) => !existsSync(target) || (anchor !== undefined && !anchors(target).includes(anchor)),
        )
        .map(({ link }) => `${file}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  it("are all reached from the README or CONTRIBUTING", () => {
    const linked = ["README.md", "CONTRIBUTING.md"].flatMap((file) =>
      [...text(file).matchAll(/\]\(((?:docs\/)[^)#]+\.md)/g)].map(([, target]) => target!),
    );
    const lost = documents.filter((file) => file.startsWith("docs/") && !linked.includes(file));
    assert.deepEqual(lost, []);
  });

  it("run no npm package that this project does not publish: anybody could register its name", () => {
    const runners =
      /\b(?:npx|bunx|npm (?:exec|create|init|i|install)|(?:pnpm|yarn) (?:dlx|add|global add))\s[^\n`]*\bnemotron-(?:server|local)\b/;
    for (const command of [
      "npx nemotron-server serve",
      "npx -y nemotron-server@1 models",
      "npm install -g nemotron-server",
    ])
      assert.match(command, runners);
    const files = [...documents, "package.json", ...readdirSync("l10n").map((file) => path.join("l10n", file))];
    const said = [...files, ...readdirSync(".").filter((file) => file.startsWith("package.nls"))];
    assert.deepEqual(
      said.filter((file) => runners.test(text(file))),
      [],
    );
  });

  it("name files that exist", () => {
    const sources = FOLDERS.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file)),
    );
    const known = (name: string) => sources.some((file) => file === name || file.endsWith(`/${name}`));
    const missing = documents
      .filter((file) => file !== "SECURITY.md" && file !== "CHANGELOG.md")
      .flatMap((file) =>
        [...text(file).matchAll(/`((?:[\w.-]+\/)*[\w-]+(?:\.test)?\.(?:ts|tsx|mjs|css|lua))`/g)]
          .map(([, name]) => name!)
          .filter((name) => !name.startsWith("dist/") && !known(name) && !EXAMPLES.has(name))
          .map((name) => `${file}: ${name}`),
      );
    assert.deepEqual(missing, []);
  });

  it("have generated parts that are current", () => {
    const { status, stderr } = spawnSync(process.execPath, ["build/docs.mjs", "--check"], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  it("quote messages as they are", () => {
    const messages = Object.keys(JSON.parse(text("l10n/bundle.l10n.de.json"))).map((key) =>
      key.replace(/\{\d\}/g, "…"),
    );
    const quoted = [...text("docs/troubleshooting.md").matchAll(/"([^"]+)"(?=\s+[|"])/g)].map(
      ([, message]) => message!,
    );
    assert.ok(quoted.length > 15);
    assert.deepEqual(
      quoted.filter((message) => !messages.includes(message)),
      [],
    );
  });

  it("describe every method of the protocol", () => {
    const methods = [...text("server/protocol/methods.ts").matchAll(/: "(nemotron\/\w+)"/g)].map(([, name]) => name!);
    assert.ok(methods.length > 20);
    const missing = methods.filter((name) => !text("docs/other-editors.md").includes(`| \`${name}\` |`));
    assert.deepEqual(missing, [], "a method without a doc comment is not listed");
  });

  it("are short if newcomers begin with them", () => {
    for (const [file, most] of Object.entries(MAX_BYTES))
      assert.ok(statSync(file).size <= most, `${file} has ${statSync(file).size} bytes`);
  });
});
