import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Documents, displayPath, readDocument } from "../../../../server/features/context/documents.ts";
import { documentOf, documentsOf, FOLDER } from "../support.ts";

describe("features: documents", () => {
  it("have one-line names in prompts, without invisible characters", () => {
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

  it("follows links that stay in the workspace, and a link to the workspace itself", async () => {
    assert.equal((await readDocument(documents, uriOf("folder", "a b.ts"))).getText(), "a();\r\n");
    assert.equal((await readDocument(documents, uriOf("inside", "alias.py"))).getText(), "a();\r\n");
  });

  it("prefers an open document, wherever it is", async () => {
    const open = documentOf("open", "typescript", "../elsewhere.ts");
    assert.equal(await readDocument(documentsOf(open), open.uri), open);
  });

  it("refuses a file outside", async () => {
    await refused(uriOf("secret.ts"), /outside/);
    await refused(uriOf("inside-not.ts"), /outside/);
    await refused(`${uriOf("inside")}/../secret.ts`, /outside/);
    await refused(`${uriOf("inside")}/%2e%2e/secret.ts`, /outside/);
  });

  it("refuses another machine's share without contacting it", () =>
    refused("file://evil.example/share/secret.ts", /outside the workspace/));

  it("refuses a link that leads outside", () => refused(uriOf("inside", "link.ts"), /outside/));
  it("refuses a binary file", () => refused(uriOf("inside", "binary.ts"), /binary/));
  it("refuses a huge file", () => refused(uriOf("inside", "huge.ts"), /4 MiB/));
  it("refuses a folder", () => refused(uriOf("inside", "lib"), /not a file/));
  it("refuses a missing file", () => refused(uriOf("inside", "gone.ts"), /no such file/));
  const ENCODINGS: [name: string, bytes: string | Buffer, text: string][] = [
    ["UTF-8 with a byte order mark", "efbbbf610a", "a\n"],
    ["UTF-16, little-endian", "fffe68006900", "hi"],
    ["UTF-16, big-endian", "feff00680069", "hi"],
    ["UTF-16 without a byte order mark", Buffer.from("größe = 1\n", "utf16le"), "größe = 1\n"],
    ["UTF-16 without a byte order mark, big-endian", Buffer.from("größe = 1\n", "utf16le").swap16(), "größe = 1\n"],
    [
      "UTF-16 of Japanese without a byte order mark",
      Buffer.from("日本語です。\nはい\n", "utf16le"),
      "日本語です。\nはい\n",
    ],
    ["UTF-32, little-endian", "fffe00006100000043f60100", "a\u{1f643}"],
    ["UTF-32, big-endian", "0000feff000000610001f643", "a\u{1f643}"],
    ["UTF-32 without a byte order mark", "61000000623000000a000000", "a\u3062\n"],
    ["UTF-32 without a byte order mark, big-endian", "00000061000030620000000a", "a\u3062\n"],
    ["Latin 1", Buffer.from("# café señor\n", "latin1"), "# café señor\n"],
    ["Latin 1, letters beside each other", Buffer.from("// Größe\n", "latin1"), "// Größe\n"],
    ["Windows' quotes and euro sign", "9361942096208031", "“a” – €1"],
    ["Shift JIS", "82b182f182c90a", "こんに\n"],
    ["EUC-JP", "c6fccbdcb8eca4cea5c6a5b9a5c80a", "日本語のテスト\n"],
    ["GBK", "c4e3bac30a", "你好\n"],
    ["EUC-KR", "c7d1b1dbc0d4b4cfb4d90a", "한글입니다\n"],
    ["Windows' Cyrillic", "2f2f20cff0e8e2e5f22c20ece8f00a", "// Привет, мир\n"],
  ];
  for (const [name, bytes, text] of ENCODINGS) {
    it(`reads ${name}`, async () => {
      await writeFile(
        path.join(root, "inside", "encoded.py"),
        typeof bytes === "string" ? Buffer.from(bytes, "hex") : bytes,
      );
      assert.equal((await readDocument(documents, uriOf("inside", "encoded.py"))).getText(), text);
    });
  }

  const UNREADABLE: [name: string, bytes: string, why: RegExp][] = [
    ["a picture", "89504e470d0a1a0a0000000d49484452", /binary/],
    ["text with a zero in it", Buffer.from("abc\0def\n").toString("hex"), /binary/],
    ["text with zeros between its fields", Buffer.from("größe.ts\0lib/cart.ts\0").toString("hex"), /binary/],
    ["UTF-16 with a zero in it", "fffe610000006200", /binary/],
    ["UTF-32 that is damaged", "fffe000061000000ffffffff", /binary/],
    ["UTF-32 that is cut", "fffe0000610000006200", /binary/],
    ["UTF-8 with an invalid byte", `${Buffer.from("größe über alles").toString("hex")}ff0a`, /encoding/],
    ["bytes that are not text", "8182c0c181fefd9d0a", /encoding/],
  ];
  for (const [name, bytes, why] of UNREADABLE) {
    it(`refuses ${name}, by name`, async () => {
      await writeFile(path.join(root, "inside", "encoded.py"), Buffer.from(bytes, "hex"));
      await refused(uriOf("inside", "encoded.py"), new RegExp(`encoded\\.py.*${why.source}`));
    });
  }

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
