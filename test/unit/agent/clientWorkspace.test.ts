/** The editor's workspace: what it requests from the client, and how it works with LSP alone. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { WorkspaceEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { ClientWorkspace, type WorkspaceClient } from "../../../server/agent/workspace/clientWorkspace.ts";
import { type WorkspaceAbility, WorkspaceMethod } from "../../../server/protocol.ts";
import { MAX_OUTPUT_CHARS } from "../../../server/shared/runCommand.ts";
import { signal } from "../features/support.ts";

const ALL = Object.keys(WorkspaceMethod) as WorkspaceAbility[];
const OPTIONS = { timeoutMs: 10_000, check: false, signal, onOutput: () => {} };

/** @param folder the folder as the client names it, which can be a link to the real one. */
async function editor(abilities: WorkspaceAbility[], answers: Record<string, unknown> = {}, folder?: string) {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-editor-")));
  if (folder !== undefined) await symlink(root, folder);
  await writeFile(path.join(root, "a.ts"), "on disk\n");
  const uri = pathToFileURL(path.join(root, "a.ts")).href;
  const open = new Map<string, TextDocument>();
  const asked: [method: string, params: object][] = [];
  const applied: WorkspaceEdit[] = [];
  const client: WorkspaceClient = {
    abilities,
    supportsDocumentChanges: true,
    supportsCreate: true,
    request: async (method, params, signal, onProgress) => {
      asked.push([method, params]);
      onProgress?.({ text: answers.output === undefined ? "output" : String(answers.output) });
      if (answers[method] === "never")
        return new Promise((_, reject) => {
          if (signal.aborted) reject(new Error("cancelled"));
          signal.addEventListener("abort", () => reject(new Error("cancelled")));
        });
      if (answers[method] === "cancelled")
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve({} as never)));
      return answers[method] as never;
    },
    applyEdit: async (_, edit) => {
      applied.push(edit);
      return { applied: true };
    },
  };
  const documents = {
    get: (of: string) => open.get(of),
    uris: () => [...open.keys()],
    folders: () => [pathToFileURL(folder ?? root).href],
  };
  const workspace = new ClientWorkspace(documents, client);
  return {
    workspace,
    uri,
    asked,
    applied,
    root,
    open: (text: string, at = uri) => open.set(at, TextDocument.create(at, "typescript", 7, text)),
  };
}

const INSERT = [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: "// " }];

describe("the editor's workspace", () => {
  it("reads open documents before the disk", async () => {
    const { workspace, open } = await editor([]);
    const place = await workspace.resolve("a.ts");
    assert.equal((await workspace.read(place)).getText(), "on disk\n");
    open("typed\n");
    assert.equal((await workspace.read(place)).getText(), "typed\n");
  });

  it("edits through the client, against the version that was read", async () => {
    const { workspace, uri, asked, open } = await editor(ALL, { [WorkspaceMethod.edit]: { applied: true } });
    open("typed\n");
    const place = await workspace.resolve("a.ts");
    const document = await workspace.read(place);
    await workspace.edit(place, document, INSERT);
    const edit = { documentChanges: [{ textDocument: { uri, version: 7 }, edits: INSERT }] };
    assert.deepEqual(asked, [[WorkspaceMethod.edit, { label: "Nemotron", created: false, edit }]]);
    // The user has typed in the meantime.
    open("typed more\n");
    await assert.rejects(workspace.edit(place, document, INSERT), /changed meanwhile/);
  });

  it("works with LSP alone: it edits, but has no commands and no consent", async () => {
    const { workspace, uri, asked, applied } = await editor([]);
    const place = await workspace.resolve("a.ts");
    await workspace.edit(place, await workspace.read(place), INSERT);
    await workspace.create(await workspace.resolve("b.ts"), "new\n");
    assert.deepEqual(applied[0], { documentChanges: [{ textDocument: { uri, version: null }, edits: INSERT }] });
    assert.deepEqual((applied[1]!.documentChanges![0] as { kind: string }).kind, "create");
    assert.deepEqual([workspace.run, workspace.problems, workspace.symbols], [undefined, undefined, undefined]);
    const subject = { type: "command", command: "true", folder: "", check: false } as const;
    assert.deepEqual(await workspace.approve(subject, signal), { answer: "no" });
    assert.deepEqual(asked, []);
  });

  it("reports an edit that the client refuses", async () => {
    const { workspace } = await editor(ALL, { [WorkspaceMethod.edit]: { applied: false } });
    const place = await workspace.resolve("a.ts");
    await assert.rejects(workspace.edit(place, await workspace.read(place), INSERT), /could not be changed/);
    const refused = { applied: false, failureReason: "The user is at these lines." };
    const { workspace: other } = await editor(ALL, { [WorkspaceMethod.edit]: refused });
    const there = await other.resolve("a.ts");
    await assert.rejects(other.edit(there, await other.read(there), INSERT), /The user is at these lines/);
  });

  it("runs commands in the client, with their output, until they end, are stopped, or take too long", async () => {
    let output = "";
    const onOutput = (text: string) => {
      output += text;
    };
    const { workspace } = await editor(ALL, { [WorkspaceMethod.run]: { exitCode: 3 } });
    assert.deepEqual(await workspace.run?.("make", { ...OPTIONS, onOutput }), { exitCode: 3 });
    assert.equal(output, "output");
    const { workspace: hanging } = await editor(ALL, { [WorkspaceMethod.run]: "never" });
    assert.deepEqual(await hanging.run?.("make", { ...OPTIONS, timeoutMs: 1 }), { stopped: "time" });
    const stop = new AbortController();
    const running = hanging.run?.("make", { ...OPTIONS, signal: stop.signal });
    stop.abort();
    assert.deepEqual(await running, { stopped: "user" });
    // A client may answer a cancelled request.
    const { workspace: polite } = await editor(ALL, { [WorkspaceMethod.run]: "cancelled" });
    assert.deepEqual(await polite.run?.("make", { ...OPTIONS, timeoutMs: 1 }), { stopped: "time" });
    const flood = { [WorkspaceMethod.run]: "never", output: "x".repeat(MAX_OUTPUT_CHARS + 1) };
    assert.deepEqual(await (await editor(ALL, flood)).workspace.run?.("yes", OPTIONS), { stopped: "output" });
  });

  it("knows open documents by the client's own URIs: through links, and encoded in another way", async () => {
    const encodings = [
      (link: string) => `file://${link}/(group)/%5Bid%5D%20x.ts`,
      (link: string) => `file://${link}/%28group%29/%5bid%5d%20x.ts`,
      (_: string, root: string) => `file://${root}/(group)/%5Bid%5D%20x.ts`,
    ];
    for (const uriIn of encodings) {
      const link = path.join(mkdtempSync(path.join(os.tmpdir(), "nemotron-link-")), "link");
      const { workspace, open, root, applied } = await editor([], {}, link);
      assert.equal((await workspace.resolve("a.ts")).uri, pathToFileURL(path.join(link, "a.ts")).href);
      assert.equal((await workspace.resolve(path.join(link, "a.ts"))).path, "a.ts");
      await mkdir(path.join(root, "(group)"));
      await writeFile(path.join(root, "(group)/[id] x.ts"), "on disk\n");
      const uri = uriIn(link, root);
      open("typed\n", uri);
      const place = await workspace.resolve("(group)/[id] x.ts");
      const document = await workspace.read(place);
      assert.deepEqual([place.uri, document.getText()], [uri, "typed\n"]);
      await workspace.edit(place, document, INSERT);
      assert.deepEqual(applied[0]?.documentChanges?.[0], { textDocument: { uri, version: 7 }, edits: INSERT });
    }
  });

  it("asks for problems and symbols", async () => {
    const { workspace, uri } = await editor(ALL, {
      [WorkspaceMethod.problems]: { files: [{ uri: "file:///a", diagnostics: [] }] },
      [WorkspaceMethod.symbols]: { places: [{ uri: "file:///a", line: 1 }] },
    });
    assert.equal((await workspace.problems?.([uri], signal))?.length, 1);
    assert.deepEqual(await workspace.symbols?.("x", signal), [{ uri: "file:///a", line: 1 }]);
  });
});
