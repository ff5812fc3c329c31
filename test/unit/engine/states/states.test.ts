import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Token } from "node-llama-cpp";
import { forgetStates, shrinkFolder, sweep } from "../../../../server/engine/states/disk.ts";
import type { StateMeta } from "../../../../server/engine/states/entry.ts";
import { fingerprint, keyOf } from "../../../../server/engine/states/key.ts";
import { conversationKey, originOf } from "../../../../server/engine/states/origin.ts";
import { defaultStatesFolder } from "../../../../server/engine/states/statesFolder.ts";
import { type SavedState, StateStore } from "../../../../server/engine/states/store.ts";
import { below, bytesBelow, flipBit, savedStates } from "../../../support/savedStates.ts";

const KEY = "a".repeat(32);
const OTHER_KEY = "b".repeat(32);
const MIB = 1024 ** 2;
const tokens = (...list: number[]) => list as Token[];
const meta = (conversation: string, held = tokens(1, 2, 3)): StateMeta => ({
  kind: "conversation",
  ...originOf({ owner: "me", conversation }),
  tokens: held,
  replies: [tokens(2, 3)],
});
/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

describe("the states folder", () => {
  let root: string;
  let problems: string[];
  beforeEach(() => {
    root = path.join(mkdtempSync(path.join(os.tmpdir(), "nemotron-states-test-")), "states");
    problems = [];
  });
  afterEach(() => rmSync(path.dirname(root), { recursive: true, force: true }));

  const store = (options: { key?: string; capBytes?: number; vocabulary?: number } = {}) =>
    new StateStore({
      root,
      key: KEY,
      capBytes: MIB,
      estimate: () => 1000,
      vocabulary: 100,
      onProblem: (message) => problems.push(message),
      ...options,
    });

  /** Writes into the existing file, as llama.cpp does. */
  const writes = (content: string | Buffer) => async (file: string) => {
    writeFileSync(file, content);
    return Buffer.byteLength(content);
  };

  async function saved(conversation: string, content: string | Buffer = `state of ${conversation}`, at = store()) {
    const state = await at.save(meta(conversation), writes(content));
    const entry = await state?.entry;
    assert.ok(entry, problems.join());
    return entry.folder;
  }

  const textOf = async (at: StateStore, state: SavedState) => {
    const file = await at.verify(state);
    return file === undefined ? undefined : readFileSync(file, "utf8");
  };

  it("returns in another process what one process has saved", async () => {
    await saved("x");
    const later = store();
    const [state, ...rest] = await later.open();
    assert.deepEqual(rest, []);
    const { kind, owner, conversation, tokens, replies } = state!;
    assert.deepEqual({ kind, owner, conversation, tokens, replies }, meta("x"));
    assert.equal(await textOf(later, state!), "state of x");
    assert.deepEqual(problems, []);
  });

  it("is private, whatever the user's umask is", async () => {
    const mask = process.umask(0);
    try {
      await saved("x");
    } finally {
      process.umask(mask);
    }
    for (const file of below(root)) {
      const found = lstatSync(file);
      assert.equal(found.mode & 0o777, found.isDirectory() ? 0o700 : 0o600, file);
    }
    chmodSync(path.join(root, KEY), 0o755);
    await store().open();
    assert.equal(lstatSync(path.join(root, KEY)).mode & 0o777, 0o700);
  });

  it("never hands out a file with a flipped bit, before or after a verification", async () => {
    const folder = await saved("x");
    const file = path.join(folder, "state.bin");
    flipBit(file);
    const later = store();
    const [state] = await later.open();
    assert.equal(await later.verify(state!), undefined);
    // Again after a verification.
    flipBit(file);
    assert.equal(await later.verify(state!), file);
    flipBit(file);
    assert.equal(await later.verify(state!), undefined);
    rmSync(file);
    assert.equal(await later.verify(state!), undefined);
  });

  const HOSTILE: [what: string, change: (folder: string) => void][] = [
    ["a state file of another length", (folder) => writeFileSync(path.join(folder, "state.bin"), "x")],
    ["no state file", (folder) => rmSync(path.join(folder, "state.bin"))],
    ["a link for a state file", (folder) => link(path.join(folder, "state.bin"))],
    ["no index", (folder) => rmSync(path.join(folder, "index.json"))],
    ["a link for an index", (folder) => link(path.join(folder, "index.json"))],
    ["an index that is not JSON", (folder) => index(folder, () => "{")],
    ["an index of another type", (folder) => index(folder, () => "[]")],
    [
      "an index with a path in it",
      (folder) => index(folder, (text) => text.replace('{"index":{', '{"index":{"file":"../../x",')),
    ],
    [
      "an index of another owner's",
      (folder) => index(folder, (text) => text.replace(/"owner":"[^"]*"/, `"owner":"${KEY}"`)),
    ],
    ["an index with other tokens", (folder) => index(folder, (text) => text.replace("[1,2,3]", "[1,2,4]"))],
    ["an endless index", (folder) => index(folder, (text) => text + " ".repeat(9 * MIB))],
    [
      "an index that is a folder",
      (folder) => {
        rmSync(path.join(folder, "index.json"));
        mkdirSync(path.join(folder, "index.json"));
      },
    ],
  ];
  for (const [what, change] of HOSTILE)
    it(`removes a state with ${what}, and keeps the others`, async () => {
      const folder = await saved("x");
      const good = await saved("y");
      const outside = path.join(path.dirname(root), "outside");
      writeFileSync(outside, "not ours");
      change(folder);
      const found = await store({ capBytes: 64 * MIB }).open();
      assert.deepEqual(
        found.map(({ conversation }) => conversation),
        [originOf({ owner: "me", conversation: "y" }).conversation],
      );
      assert.ok(!existsSync(folder) && existsSync(good));
      assert.equal(readFileSync(outside, "utf8"), "not ours");
    });

  const link = (file: string) => {
    rmSync(file);
    symlinkSync(path.join(path.dirname(root), "outside"), file);
  };
  const index = (folder: string, change: (text: string) => string) => {
    const file = path.join(folder, "index.json");
    writeFileSync(file, change(readFileSync(file, "utf8")));
  };

  it("removes a state with tokens that the model does not have", async () => {
    await saved("x");
    assert.deepEqual(await store({ vocabulary: 3 }).open(), []);
    assert.deepEqual(savedStates(root), []);
  });

  it("does not follow a link in place of a key's folder", async () => {
    const outside = path.join(path.dirname(root), "outside");
    mkdirSync(outside);
    mkdirSync(root);
    symlinkSync(outside, path.join(root, KEY));
    const at = store();
    assert.deepEqual(await at.open(), []);
    assert.equal(await at.save(meta("x"), writes("x")), undefined);
    assert.deepEqual(readdirSync(outside), []);
    assert.match(problems.join(), /not a folder/);
  });

  it("does not touch foreign names", async () => {
    mkdirSync(path.join(root, "photos"), { recursive: true });
    writeFileSync(path.join(root, "photos", "tmp.1.0123456789abcdef"), "mine");
    await saved("x");
    writeFileSync(path.join(root, KEY, "note.txt"), "mine");
    const before = below(path.join(root, "photos"));
    await store({ capBytes: 0 }).open();
    await forgetStates(root, conversationKey("me", "x"));
    assert.deepEqual(below(path.join(root, "photos")), before);
    assert.deepEqual(readdirSync(path.join(root, KEY)), ["note.txt"]);
  });

  it("is cleared of unfinished states of processes that have ended", async () => {
    const good = await saved("x");
    const leave = (pid: number, id: string, ageMs = 0) => {
      const folder = path.join(root, KEY, `tmp.${pid}.${id.repeat(16)}`);
      mkdirSync(folder);
      writeFileSync(path.join(folder, "state.bin"), "half of it");
      const then = new Date(Date.now() - ageMs);
      utimesSync(folder, then, then);
      return folder;
    };
    // An earlier process had this process's id.
    const [dead, own, old] = [
      leave(deadPid(), "a"),
      leave(process.pid, "b"),
      leave(process.ppid, "c", 2 * 60 * 60_000),
    ];
    const running = leave(process.ppid, "d");
    await sweep(root);
    for (const folder of [dead, own, old]) assert.ok(!existsSync(folder), folder);
    assert.ok(existsSync(good) && existsSync(running));
  });

  it("drops and reports a state whose file is shorter than llama.cpp says", async () => {
    const at = store();
    const state = await at.save(meta("x"), async (file) => {
      writeFileSync(file, "the last buffer was lost");
      return 4096;
    });
    assert.equal(await state?.entry, undefined);
    assert.match(problems.join(), /24 of 4096 bytes/);
    assert.deepEqual(below(path.join(root, KEY)), []);
  });

  it("removes a state that is still being checked, without waiting for the check", async () => {
    const at = store();
    const state = (await at.save(meta("x"), writes("state")))!;
    await at.remove(state);
    assert.equal(await state.entry, undefined);
    assert.deepEqual([below(path.join(root, KEY)), problems], [[], []]);
  });

  it("keeps nothing of a save that fails", async () => {
    const at = store();
    const failed = await at.save(meta("x"), async (file) => {
      writeFileSync(file, "half");
      throw new Error("Failed to save state to file");
    });
    assert.equal(failed, undefined);
    assert.deepEqual(below(path.join(root, KEY)), []);
    assert.match(problems.join(), /Failed to save/);
  });

  it("stays within its size limit over all keys, and removes the least recently used states first", async () => {
    const other = store({ key: OTHER_KEY });
    const folders: string[] = [];
    for (const [i, at] of [store(), other, store(), other].entries()) {
      const folder = await saved(`c${i}`, Buffer.alloc(1000, i), at);
      const then = new Date(Date.now() - (10 - i) * 60_000);
      utimesSync(path.join(folder, "index.json"), then, then);
      folders.push(folder);
    }
    // This state has been used since.
    const [first] = await store().open();
    await store().touch(first!);
    const each = bytesBelow(root) / 4;
    const gone: string[] = [];
    const at = store({ capBytes: 3.5 * each });
    at.onRemoved = (is) => gone.push(...folders.filter(is));
    await at.save(meta("new"), writes(Buffer.alloc(1000)));
    await at.flushed();
    assert.deepEqual(gone, [folders[1], folders[2]]);
    assert.ok(bytesBelow(root) <= 3.5 * each);
    assert.equal(await shrinkFolder(root, 0).then((removed) => removed.length), 3);
  });

  it("does not write a state above the limit", async () => {
    const never = async () => assert.fail("it was written");
    assert.equal(await store({ capBytes: 0 }).save(meta("x"), never), undefined);
    assert.equal(await store({ capBytes: 999 }).save(meta("x"), never), undefined);
    assert.deepEqual(problems, []);
  });

  it("forgets a conversation of one owner for all models, and no other", async () => {
    const gone = [await saved("x"), await saved("x", "of another model", store({ key: OTHER_KEY }))];
    const stays = await saved("y");
    await forgetStates(root, conversationKey("another", "x"));
    assert.equal(savedStates(root).length, 3);
    await forgetStates(root, conversationKey("me", "x"));
    for (const folder of gone) assert.ok(!existsSync(folder));
    assert.ok(existsSync(stays));
  });

  it("is optional: without it, nothing is saved", async () => {
    mkdirSync(path.dirname(root), { recursive: true });
    writeFileSync(root, "a file in its place");
    const at = store();
    assert.deepEqual(await at.open(), []);
    assert.equal(await at.save(meta("x"), writes("x")), undefined);
    assert.match(problems.join(), /not kept on disk/);
    await forgetStates(root, conversationKey("me", "x"));
    await sweep(root);
    assert.equal(readFileSync(root, "utf8"), "a file in its place");
  });

  it("can be removed while it is in use", async () => {
    const at = store();
    await saved("x", undefined, at);
    const [state] = await store().open();
    rmSync(root, { recursive: true });
    assert.equal(await at.verify(state!), undefined);
    await saved("y", undefined, at);
  });
});

describe("a state's key", () => {
  const parts = {
    model: "m",
    backend: "cpu",
    dialect: "nano-v2",
    context: "chat",
    contextTokens: 8192,
    sequences: 1,
    versions: ["3.22.1", "v0.5.0"],
  } as const;

  it("differs when any part differs", () => {
    const key = (change: Partial<Parameters<typeof keyOf>[0]> = {}) =>
      keyOf({ ...parts, versions: [...parts.versions], ...change });
    const keys = [
      key(),
      key({ model: "n" }),
      key({ backend: "cuda" }),
      key({ dialect: "nemotron-3" }),
      key({ context: "edit" }),
      key({ contextTokens: 4096 }),
      key({ sequences: 2 }),
      key({ versions: ["3.22.1", "v0.6.0"] }),
    ];
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(key(), key());
    for (const name of keys) assert.match(name, /^[0-9a-f]{32}$/);
  });

  it("differs for files that differ in size, ends, or many weights", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-fingerprint-"));
    const file = path.join(folder, "model.gguf");
    const of = (change: (bytes: Buffer) => Buffer) => {
      writeFileSync(file, change(Buffer.alloc(6 * MIB, 7)));
      return fingerprint(file);
    };
    const prints = [
      await of((bytes) => bytes),
      await of((bytes) => bytes.subarray(1)),
      await of((bytes) => bytes.fill(8, 100, 101)),
      await of((bytes) => bytes.fill(8, bytes.length - 1)),
      await of((bytes) => bytes.fill(8, 2 * MIB, 4 * MIB)),
    ];
    assert.equal(new Set(prints).size, prints.length);
    assert.equal(await of((bytes) => bytes), prints[0]);
    rmSync(folder, { recursive: true });
  });
});

describe("the origin of a prompt", () => {
  it("consists of hashes that no other pair has", () => {
    const pairs = [
      ["", ""],
      ["a", "b"],
      ["ab", ""],
      ["", "ab"],
      ["a", "c"],
      ["c", "b"],
    ] as const;
    assert.equal(new Set(pairs.map(([owner, id]) => conversationKey(owner, id))).size, pairs.length);
    assert.equal(originOf({ owner: "a", conversation: "b" }).conversation, conversationKey("a", "b"));
    assert.deepEqual(originOf(), originOf({ owner: "" }));
    assert.ok(!JSON.stringify(originOf({ owner: "secret", conversation: "title" })).match(/secret|title/));
  });
});

describe("the states folder's path", () => {
  it("is the platform's cache folder, or the named one", () => {
    assert.equal(defaultStatesFolder("linux", {}, "/home/me"), "/home/me/.cache/nemotron-local/states");
    assert.equal(defaultStatesFolder("linux", { XDG_CACHE_HOME: "/c" }, "/home/me"), "/c/nemotron-local/states");
    assert.equal(
      defaultStatesFolder("linux", { XDG_CACHE_HOME: "c" }, "/home/me"),
      "/home/me/.cache/nemotron-local/states",
    );
    assert.equal(
      defaultStatesFolder("darwin", { XDG_CACHE_HOME: "/c" }, "/Users/me"),
      "/Users/me/Library/Caches/nemotron-local/states",
    );
    assert.equal(
      defaultStatesFolder("win32", { LOCALAPPDATA: "D:\\Local" }, "C:\\Users\\me"),
      "D:\\Local\\nemotron-local\\states",
    );
    assert.equal(
      defaultStatesFolder("win32", {}, "C:\\Users\\me"),
      "C:\\Users\\me\\AppData\\Local\\nemotron-local\\states",
    );
    assert.equal(defaultStatesFolder("linux", { NEMOTRON_STATES_DIR: "/s" }, "/home/me"), "/s");
  });
});
