/** The editor's workspace: what it requests from the client, and how it works with LSP alone. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { WorkspaceEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { ClientWorkspace, type WorkspaceClient } from "../../../server/agent/workspace/clientWorkspace.ts";
import { type WorkspaceAbility, WorkspaceMethod } from "../../../server/protocol.ts";
import { signal } from "../features/support.ts";

const ALL = Object.keys(WorkspaceMethod) as WorkspaceAbility[];
const OPTIONS = { timeoutMs: 10_000, check: false, signal, onOutput: () => {} };

async function editor(abilities: WorkspaceAbility[], answers: Record<string, unknown> = {}) {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-editor-")));
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
      onProgress?.({ text: "output" });
      if (answers[method] === "never")
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled"))));
      return answers[method] as never;
    },
    applyEdit: async (_, edit) => {
      applied.push(edit);
      return { applied: true };
    },
  };
  const documents = { get: (of: string) => open.get(of), folders: () => [pathToFileURL(root).href] };
  const workspace = new ClientWorkspace(documents, client);
  return {
    workspace,
    uri,
    asked,
    applied,
    open: (text: string) => open.set(uri, TextDocument.create(uri, "typescript", 7, text)),
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
