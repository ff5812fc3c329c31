/** The agent in the panel, on scripted replies: its steps, what it asks, and what is taken back. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { calls } from "../../support/scriptedEngine.ts";
import { type ScriptedReply, writeScript } from "../host/scripted.ts";
import { ChatPanel } from "./chatPanel.ts";
import { EditorTab } from "./editor.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

const ADD = "export function add(a, b) {\n  return a - b;\n}\n";
const MENDED = ADD.replace("a - b", "a + b");
/** With a mark of the byte order and Windows' line endings, to be brought back byte for byte. */
const PRICE = `\ufeff${"export const tax = 19;\nexport const price = 100;\n".replaceAll("\n", "\r\n")}`;
const FILES = {
  "add.mjs": ADD,
  "price.mjs": PRICE,
  "package.json": JSON.stringify({ scripts: { test: "node check.mjs" } }),
  "check.mjs":
    'import { add } from "./add.mjs";\nconsole.log("1 + 2 =", add(1, 2));\nprocess.exit(add(1, 2) === 3 ? 0 : 1);\n',
};

const LINE = "2|   return a - b;";
const edit = (match: string, text: string, more: Partial<ScriptedReply> = {}) =>
  calls(match, "edit", { path: "add.mjs", from: LINE, to: LINE, text }, more);

/** The same replies, which no longer wait. */
const released = (replies: ScriptedReply[]) => replies.map(({ holds: _, ...reply }) => reply);

/** Reads add.mjs and mends it. */
const REPAIR: ScriptedReply[] = [
  calls("mend add", "read", { path: "add.mjs" }, { thought: "The sign looks wrong." }),
  edit("(lines 1-", "  return a + b;"),
  { match: "a + b", answer: "It **adds** now." },
];

describe("the agent", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  const script = (...replies: ScriptedReply[]) => writeScript(workbench.server.directory, replies);
  const onDisk = (file: string) => readFileSync(path.join(workbench.workspace, file), "utf8");
  const row = (title: string | RegExp) => chat.last.locator(".step").filter({ hasText: title });
  const summary = (title: string | RegExp) => chat.last.locator(".summary").filter({ hasText: title });
  const approval = () => chat.frame.locator(".approval");
  const inTurn = (name: string) => chat.last.getByRole("button", { name, exact: true });
  const deny = () => approval().getByRole("button", { name: "Don't" }).click();
  const undo = async () => {
    await inTurn("Undo").click();
    await summary("Undone").waitFor();
  };
  /** Begins to mend add.mjs, and waits in the thought before the edit. */
  const untilItThinks = async () => {
    script(
      calls("mend add", "read", { path: "add.mjs" }),
      edit("(lines 1-", "  return a + b;", { thought: "Hm, let me think.", holds: "think" }),
    );
    await chat.startAgent();
    await chat.ask("mend add");
    await chat.last.locator(".step.running").filter({ hasText: "let" }).waitFor();
  };
  /** Whether VS Code has saved unsaved text for the next window. */
  const isBackedUp = (text: string) => {
    const folder = path.join(workbench.server.directory, "data");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      /Backups\/[^/]+\/[^/]+\/[^/]+$/.test(file),
    );
    return files.some((file) => readFileSync(path.join(folder, file), "utf8").includes(text));
  };
  const terminal = () => workbench.page.locator(".terminal-wrapper.active .xterm-rows");

  before(async () => {
    workbench = await openWorkbench({
      files: FILES,
      script: [],
      pace: false,
      settings: { "terminal.integrated.gpuAcceleration": "off", "workbench.editor.enablePreview": false },
    });
    chat = new ChatPanel(workbench);
    await chat.open();
  });
  after(() => workbench?.stop());
  beforeEach(() => {
    for (const [file, text] of Object.entries(FILES)) writeFileSync(path.join(workbench.workspace, file), text);
  });

  it("repairs a file, has the check allowed once, and is undone byte for byte", async () => {
    script(...REPAIR);
    await chat.startAgent();
    await chat.ask("mend add");
    await approval().getByText("Run", { exact: true }).waitFor();
    await workbench.shot("agent-approval");
    assert.equal(await approval().getByLabel("Command of the check").inputValue(), "npm test");
    assert.equal(onDisk("add.mjs"), ADD, "nothing is saved before a command needs it");
    await approval().getByRole("button", { name: "Run", exact: true }).click();
    await summary("Done and checked").waitFor();
    await chat.answered("It adds now.");
    await workbench.shot("agent-done");
    assert.equal(onDisk("add.mjs"), MENDED);
    await row("Read add.mjs 1-3").waitFor();
    await row("Edited add.mjs +1 −1").waitFor();
    await terminal().filter({ hasText: "1 + 2 = 3" }).waitFor();
    const tab = new EditorTab(workbench, "add.mjs");
    await tab.open();
    await tab.lens("Keep").first().waitFor();
    await chat.input.click();
    await undo();
    await tab.lens("Keep").first().waitFor({ state: "detached" });
    await workbench.until(async () => onDisk("add.mjs") === ADD, "the file is as before");
    await workbench.runCommand("Nemotron: Forget What the Agent May Do");
  });

  it("asks before a command runs, tells the model why not, and remembers exactly one line", async () => {
    script(
      calls("show the sum", "run", { command: "node check.mjs" }),
      { match: "no time for that", answer: "I did not run it." },
      { match: "1 + 2 = -1", answer: "It is wrong." },
    );
    await chat.startAgent();
    await chat.ask("show the sum");
    await approval().getByText("node check.mjs").waitFor();
    await approval().getByLabel("Why not, for the model").fill("no time for that");
    await deny();
    await chat.answered("I did not run it.");
    await row("node check.mjs: not run").waitFor();
    for (const always of [true, false]) {
      await chat.startAgent();
      await chat.ask("show the sum");
      if (always) await approval().getByRole("button", { name: "Always in This Workspace" }).click();
      await chat.answered("It is wrong.");
      await row("node check.mjs: exit status 1").waitFor();
    }
    await workbench.runCommand("Nemotron: Forget What the Agent May Do");
    await chat.startAgent();
    await chat.ask("show the sum");
    await approval().getByText("node check.mjs").waitFor();
    await chat.button("Stop").click();
    await approval().waitFor({ state: "detached" });
    await summary("Stopped").waitFor();
  });

  it("is asked in a notification while the panel is hidden", async () => {
    const held = [
      calls("show the sum", "run", { command: "node check.mjs" }, { answer: "Now wait.", holds: "wait" }),
      { match: "1 + 2 = -1", answer: "It is wrong." },
    ];
    script(...held);
    await chat.startAgent();
    await chat.ask("show the sum");
    await chat.answer.filter({ hasText: "Now" }).waitFor();
    await workbench.runCommand("View: Hide Secondary Side Bar");
    script(...released(held));
    const toast = workbench.page.locator(".notification-toast").filter({ hasText: "node check.mjs" });
    await toast.waitFor();
    await workbench.shot("agent-notification");
    await toast.getByRole("button", { name: "Run", exact: true }).click();
    await chat.open();
    await chat.answered("It is wrong.");
  });

  it("takes in what is said meanwhile, and stops a command with all that it has started", async () => {
    const long = `node -e "setTimeout(() => {}, 1e8); console.log('sleeping')"`;
    const held = [
      calls("wait for me", "run", { command: long }, { answer: "First this.", holds: "this." }),
      { match: "now something else", answer: "Understood." },
    ];
    script(...held);
    await chat.startAgent();
    await chat.ask("wait for me");
    await chat.answer.filter({ hasText: "First" }).waitFor();
    await chat.input.fill("now something else");
    await chat.input.press("Enter");
    script(...released(held));
    await approval().getByRole("button", { name: "Run", exact: true }).click();
    await terminal().filter({ hasText: "sleeping" }).waitFor();
    await workbench.page.locator(".terminal-wrapper.active .xterm-helper-textarea").focus();
    await workbench.page.keyboard.press("Control+c");
    await chat.answered("Understood.");
    await row("now something else").waitFor();
    await row(": stopped").waitFor();
  });

  it("stops, and goes on where it stopped", async () => {
    await untilItThinks();
    await chat.button("Stop").click();
    await summary("Stopped").waitFor();
    script(edit("where you stopped", "  return a + b;"), { match: "a + b", answer: "It adds now." });
    await inTurn("Continue").click();
    await deny();
    await summary("Done, not checked").waitFor();
    await row("Edited add.mjs +1 −1").waitFor();
    // What the model gets with the next question holds all of it.
    const { agent } = chat.stored()!.turns.at(-1)!;
    assert.deepEqual(
      agent!.log.map(({ role }) => role),
      ["user", "assistant", "tool", "user", "assistant", "tool", "assistant"],
    );
    await undo();
  });

  it("changes several files, also new ones, and takes all of it back byte for byte", async () => {
    script(
      calls("two files", "read", { path: "price.mjs" }),
      calls("(lines 1-2", "edit", {
        path: "price.mjs",
        from: "2| export const price = 100;",
        to: "2| export const price = 100;",
        text: "export const price = 200;",
      }),
      calls("price = 200", "create", { path: "deep/er/new.mjs", text: "export const fresh = 1;\n" }),
      calls("Created deep", "read", { path: "add.mjs" }),
      edit("(lines 1-3", "  return a + b;"),
      { match: "a + b", answer: "Three files." },
    );
    await chat.startAgent();
    await chat.ask("two files");
    await deny();
    await chat.answered("Three files.");
    await summary("Done, not checked").waitFor();
    assert.equal(onDisk("price.mjs"), PRICE);
    await inTurn("Show All Changes").click();
    await workbench.page.locator(".multiDiffEditor").waitFor();
    await workbench.shot("agent-changes");
    const price = new EditorTab(workbench, "price.mjs");
    await price.open();
    assert.equal(await price.saved(), PRICE.replace("100", "200"));
    await chat.input.click();
    await undo();
    await workbench.until(async () => onDisk("price.mjs") === PRICE && onDisk("add.mjs") === ADD, "all is as before");
    await workbench.until(async () => !existsSync(path.join(workbench.workspace, "deep")), "the new file is gone");
  });

  it("leaves what was kept by hand, and says so", async () => {
    script(
      calls("both lines", "read", { path: "price.mjs" }),
      calls("(lines 1-2", "edit", {
        path: "price.mjs",
        from: "1| export const tax = 19;",
        to: "1| export const tax = 19;",
        text: "export const tax = 7;",
      }),
      { match: "price = 200", answer: "Both." },
      calls("tax = 7", "edit", {
        path: "price.mjs",
        from: "2| export const price = 100;",
        to: "2| export const price = 100;",
        text: "export const price = 200;",
      }),
    );
    await chat.startAgent();
    await chat.ask("both lines");
    await deny();
    await chat.answered("Both.");
    const price = new EditorTab(workbench, "price.mjs");
    await price.open();
    await price.lens("Keep All 2").first().waitFor();
    // By the key: the first lens of the page is not always the upper one.
    await price.goTo(1);
    await workbench.page.keyboard.press("Control+Alt+j");
    await price.lens("Keep All 2").first().waitFor({ state: "detached" });
    await chat.input.click();
    await inTurn("Undo").click();
    await price.notification("stays in price.mjs").waitFor();
    assert.equal(await price.saved(), PRICE.replace("19", "7"));
    await price.clearNotifications();
  });

  it("never overwrites what is typed meanwhile", async () => {
    const held = [
      calls("mend add", "read", { path: "add.mjs" }),
      edit("(lines 1-", "  return a + b;", { answer: "Now I edit.", holds: "edit." }),
      { match: "a + b", answer: "It adds now." },
    ];
    script(...held);
    await chat.startAgent();
    await chat.ask("mend add");
    await chat.answer.filter({ hasText: "Now" }).waitFor();
    const tab = new EditorTab(workbench, "add.mjs");
    await tab.open();
    await tab.goTo(1);
    await workbench.page.keyboard.type("const mine = 1;\n");
    // Enter has come, too: its key would go to what has the focus next.
    await tab.line(/^const\smine\s=\s1;$/).waitFor();
    script(...released(held));
    await chat.input.click();
    await deny();
    await chat.answered("It adds now.");
    await tab.open();
    assert.equal(await tab.saved(), `const mine = 1;\n${MENDED}`);
    await chat.input.click();
    await inTurn("Undo").click();
    await tab.open();
    assert.equal(await tab.saved(), `const mine = 1;\n${ADD}`);
    await tab.clearNotifications();
  });

  it("goes back to before a step, with files and conversation, after one question", async () => {
    script(...REPAIR);
    await chat.startAgent();
    await chat.ask("mend add");
    await deny();
    await chat.answered("It adds now.");
    const edited = row("Edited add.mjs");
    await edited.hover();
    await edited.getByRole("button", { name: "Restore Files and Chat to Before This Step" }).click();
    const dialog = workbench.page.locator(".monaco-dialog-box");
    await dialog.filter({ hasText: "add.mjs" }).waitFor();
    await workbench.shot("agent-restore");
    await dialog.getByRole("button", { name: "Go Back" }).click();
    await summary("Back to before the next step").waitFor();
    await edited.waitFor({ state: "detached" });
    const tab = new EditorTab(workbench, "add.mjs");
    await tab.open();
    await tab.lens("Keep").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), ADD);
    assert.equal(chat.stored()!.turns.at(-1)!.agent!.log.length, 3);
    script(edit("where you stopped", "  return b + a;"), { match: "b + a", answer: "Another way." });
    await chat.input.click();
    await inTurn("Continue").click();
    await deny();
    await chat.answered("Another way.");
    await tab.open();
    assert.equal(await tab.saved(), ADD.replace("a - b", "b + a"));
    await chat.input.click();
    await undo();
  });

  it("is there after a reload in mid-turn, with its edits, and goes on", async () => {
    script(calls("mend add", "read", { path: "add.mjs" }), edit("(lines 1-", "  return a + b;"), {
      match: "a + b",
      thought: "Now I ponder.",
      answer: "never",
      holds: "ponder",
    });
    await chat.startAgent();
    await chat.ask("mend add");
    await chat.last.locator(".step.running").filter({ hasText: "Now" }).waitFor();
    const isSaved = async () => JSON.stringify(chat.stored()?.turns.at(-1)).includes("Now");
    await workbench.until(async () => isBackedUp("a + b"), "VS Code has a copy of the unsaved file");
    await workbench.until(isSaved, "the step is on disk");
    await workbench.reload();
    await chat.open();
    await summary("Files were changed, not checked").waitFor();
    await row("Edited add.mjs +1 −1").waitFor();
    await workbench.shot("agent-reloaded");
    const tab = new EditorTab(workbench, "add.mjs");
    await tab.open();
    await tab.lens("Keep").first().waitFor();
    await chat.input.click();
    script({ match: "where you stopped", answer: "It adds now." });
    await inTurn("Continue").click();
    await chat.answered("It adds now.");
    await undo();
    await tab.open();
    assert.equal(await tab.saved(), ADD);
  });

  it("can go on after the server has died", async () => {
    await untilItThinks();
    await workbench.runCommand("Nemotron: Restart Server");
    await summary("Nothing was changed").waitFor();
    script(edit("where you stopped", "  return a + b;"), { match: "a + b", answer: "It adds now." });
    await chat.input.click();
    await inTurn("Continue").click();
    await deny();
    await chat.answered("It adds now.");
    await undo();
  });

  it("leaves Ask as it was, in the same conversation", async () => {
    script(...REPAIR, { match: "what was that", answer: "A sign." });
    await chat.startAgent();
    await chat.ask("mend add");
    await deny();
    await chat.answered("It adds now.");
    await inTurn("Keep").click();
    await inTurn("Keep").waitFor({ state: "detached" });
    await chat.input.press("Control+Alt+.");
    await chat.frame.getByRole("radio", { name: "Ask", exact: true, checked: true }).waitFor();
    await chat.ask("what was that");
    await chat.answered("A sign.");
    assert.equal(await chat.last.locator(".step").count(), 0);
  });
});

describe("the agent in a folder that is not trusted", () => {
  it("is off, and says why", async () => {
    const workbench = await openWorkbench({ files: FILES, script: REPAIR, pace: false, trust: false });
    try {
      const chat = new ChatPanel(workbench);
      await chat.open();
      await chat.input.press("Control+Alt+.");
      await chat.frame.getByText("The agent is off, because you have not trusted this workspace.").first().waitFor();
      await workbench.shot("agent-untrusted");
      await chat.input.fill("mend add");
      await chat.input.press("Enter");
      assert.equal(await chat.turns.count(), 0);
    } finally {
      await workbench.stop();
    }
  });
});

describe("the agent that asks before each edit", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  const approval = () => chat.frame.locator(".approval");
  const answer = (name: string) => approval().getByRole("button", { name, exact: true }).click();
  const isThere = (file: string) => existsSync(path.join(workbench.workspace, file));
  const start = async (task: string, ...replies: ScriptedReply[]) => {
    writeScript(workbench.server.directory, replies);
    await chat.startAgent();
    await chat.ask(task);
  };

  before(async () => {
    const settings = { "nemotron.agent.askBeforeEdits": true, "workbench.editor.enablePreview": false };
    workbench = await openWorkbench({ files: FILES, script: [], pace: false, settings });
    chat = new ChatPanel(workbench);
    await chat.open();
  });
  after(() => workbench?.stop());

  it("makes the edit where its lines are by then", async () => {
    await start("mend add", ...REPAIR);
    await approval().filter({ hasText: "return a + b;" }).getByText("in add.mjs").waitFor();
    await workbench.shot("agent-edit-approval");
    const tab = new EditorTab(workbench, "add.mjs");
    await tab.open();
    await workbench.page.keyboard.type("const mine = 1;\n");
    // Enter has come, too: its key would go to what has the focus next.
    await tab.line(/^const\smine\s=\s1;$/).waitFor();
    await answer("Apply");
    await approval().getByText("Run", { exact: true }).waitFor();
    await answer("Don't");
    await chat.answered("It adds now.");
    await tab.open();
    assert.equal(await tab.saved(), `const mine = 1;\n${MENDED}`);
    await chat.input.click();
    await chat.last.getByRole("button", { name: "Undo", exact: true }).click();
    await tab.lens("Keep").first().waitFor({ state: "detached" });
    await tab.open();
    assert.equal(await tab.saved(), `const mine = 1;\n${ADD}`);
  });

  it("makes no file and no folder without a yes", async () => {
    const made = calls("a new file", "create", { path: "deep/er/new.mjs", text: "export const fresh = 1;\n" });
    await start("a new file", made, { match: "not there", answer: "Then not." });
    await approval().filter({ hasText: "export const fresh = 1;" }).waitFor();
    assert.equal(isThere("deep"), false);
    await approval().getByLabel("Why not, for the model").fill("not there");
    await answer("Don't");
    await chat.answered("Then not.");
    assert.equal(isThere("deep"), false);
    await start("a new file", made, { match: "Created deep", answer: "It is there." });
    await answer("Apply");
    await answer("Don't");
    await chat.answered("It is there.");
    await chat.last.getByRole("button", { name: "Undo", exact: true }).click();
    await workbench.until(async () => !isThere("deep"), "the new file is gone");
  });

  it("is brought to the diff by a notification, and takes the question back when it is stopped", async () => {
    const made = calls("a new file", "create", { path: "new.mjs", text: "export const fresh = 1;\n" });
    await start("a new file", made);
    await approval().waitFor();
    await workbench.runCommand("View: Hide Secondary Side Bar");
    const toast = workbench.page.locator(".notification-toast").filter({ hasText: "this edit in new.mjs" });
    await toast.waitFor();
    assert.deepEqual(await toast.getByRole("button").filter({ hasText: /./ }).allTextContents(), ["Show"]);
    await toast.getByRole("button", { name: "Show", exact: true }).click();
    await approval().filter({ hasText: "export const fresh = 1;" }).waitFor();
    await chat.button("Stop").click();
    await approval().waitFor({ state: "detached" });
    await chat.last.locator(".summary").filter({ hasText: "Stopped" }).waitFor();
    assert.equal(isThere("new.mjs"), false);
    const last = () => chat.stored()?.turns.at(-1)?.agent?.log.at(-1)?.content;
    await workbench.until(async () => last() === "The user stopped this.", "the model learns that it was stopped");
  });
});
