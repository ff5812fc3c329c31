import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Documents, displayPath, readDocument } from "../../../server/features/documents.ts";
import { documentOf, documentsOf, FOLDER } from "./support.ts";

describe("features: documents", () => {
  it("have names in prompts that are one line, in which all can be seen", () => {
    const folders = () => ["file:///work"];
    const name = (path: string) => displayPath({ get: () => undefined, folders }, `file:///work/${encodeURI(path)}`);
    assert.equal(name("src/a\n\u2028b.ts"), "src/a  b.ts");
    assert.equal(name("gpj\u202ets.exe\u2069"), "gpj\ufffdts.exe\ufffd");
    assert.equal(name("<SPECIAL_12>`</think>.ts"), "<SPECIAL_12>`</think>.ts");
  });

  let root = "";
  let documents: Documents;
  const uriOf = (...names: string[]) => pathToFileURL(path.join(root, ...names)).href;
  const refused = (uri: string, message: RegExp) =>
    assert.rejects(readDocument(documents, uri), { name: "EngineError", code: "unreadable", message });

  before(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "nemotron-test-"));
    await mkdir(path.join(root, "inside", "lib"), { recursive: true });
    await writeFile(path.join(root, "inside", "a b.ts"), "a();\r\n");
    await writeFile(path.join(root, "inside", "binary.ts"), "a\0b");
    await writeFile(path.join(root, "inside", "huge.ts"), "");
    await truncate(path.join(root, "inside", "huge.ts"), 4 * 1024 * 1024 + 1);
    await writeFile(path.join(root, "secret.ts"), "secret");
    await writeFile(path.join(root, "inside-not.ts"), "secret");
    await symlink(path.join(root, "secret.ts"), path.join(root, "inside", "link.ts"));
    await symlink(path.join(root, "inside", "a b.ts"), path.join(root, "inside", "alias.py"));
    await symlink(path.join(root, "inside"), path.join(root, "folder"));
    documents = { get: () => undefined, folders: () => [uriOf("nowhere"), uriOf("folder")] };
  });
  after(() => rm(root, { recursive: true }));

  it("reads a file of the workspace", async () => {
    const document = await readDocument(documents, uriOf("inside", "a b.ts"));
    assert.equal(document.getText(), "a();\r\n");
    assert.equal(document.languageId, "typescript");
    assert.equal(document.version, 0);
  });

  it("reads through links that stay in the workspace, also that of the workspace itself", async () => {
    assert.equal((await readDocument(documents, uriOf("folder", "a b.ts"))).getText(), "a();\r\n");
    assert.equal((await readDocument(documents, uriOf("inside", "alias.py"))).getText(), "a();\r\n");
  });

  it("prefers what is open, wherever it is", async () => {
    const open = documentOf("open", "typescript", "../elsewhere.ts");
    assert.equal(await readDocument(documentsOf(open), open.uri), open);
  });

  it("refuses what lies outside", async () => {
    await refused(uriOf("secret.ts"), /outside/);
    await refused(uriOf("inside-not.ts"), /outside/);
    await refused(`${uriOf("inside")}/../secret.ts`, /outside/);
    await refused(`${uriOf("inside")}/%2e%2e/secret.ts`, /outside/);
  });

  it("refuses another machine's share, without looking for it", () =>
    refused("file://evil.example/share/secret.ts", /outside of the workspace/));

  it("refuses a link that leads outside", () => refused(uriOf("inside", "link.ts"), /outside/));
  it("refuses a binary file", () => refused(uriOf("inside", "binary.ts"), /binary/));
  it("refuses a huge file", () => refused(uriOf("inside", "huge.ts"), /4 MiB/));
  it("refuses a folder", () => refused(uriOf("inside", "lib"), /no file/));
  it("refuses what is not there", () => refused(uriOf("inside", "gone.ts"), /no such file/));
  it("refuses other kinds of URIs", async () => {
    await refused("untitled:Untitled-1", /neither open nor a file/);
    await refused("https://example.org/a.ts", /neither open nor a file/);
    await refused("no uri", /neither open nor a file/);
  });
});

describe("features: names of documents", () => {
  const cases: [uri: string, folders: string[], name: string][] = [
    [`${FOLDER}/src/a%20b.ts`, [FOLDER], "src/a b.ts"],
    [`${FOLDER}/src/a.ts`, [FOLDER, `${FOLDER}/src/`], "a.ts"],
    ["file:///C%3A/shop/src/a.ts", ["file:///c:/shop"], "src/a.ts"],
    ["file:///work/shopping/a.ts", [FOLDER], "a.ts"],
    ["file:///etc/hosts", [FOLDER], "hosts"],
    ["untitled:Untitled-1", [FOLDER], "Untitled-1"],
    ["vscode-remote://ssh/work/shop/a.ts", ["vscode-remote://ssh/work"], "shop/a.ts"],
    [`${FOLDER}/a%0Ab.ts`, [FOLDER], "a b.ts"],
  ];
  for (const [uri, folders, name] of cases) {
    it(uri, () => assert.equal(displayPath({ get: () => undefined, folders: () => folders }, uri), name));
  }
});
