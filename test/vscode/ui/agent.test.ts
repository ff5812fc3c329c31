/** The agent in the panel, on scripted replies: its steps, what it asks, and what is taken back. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ScriptedReply, writeScript } from "../host/scripted.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
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
type Call = NonNullable<ScriptedReply["calls"]>[number];
const calls = (match: string, name: string, args: Call["arguments"], more: Partial<ScriptedReply> = {}) => ({
  match,
  answer: "",
  calls: [{ name, arguments: args }],
  ...more,
});
const edit = (match: string, text: string, more: Partial<ScriptedReply> = {}) =>
  calls(match, "edit", { path: "add.mjs", from: LINE, to: LINE, text }, more);

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
  const mode = async (name: "Ask" | "Agent") => {
    await chat.frame.getByRole("radio", { name, exact: true }).check();
  };
  const start = async () => {
    await chat.startNew();
    await mode("Agent");
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
    await start();
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
    await inTurn("Undo").click();
    await summary("Undone").waitFor();
    await tab.lens("Keep").first().waitFor({ state: "detached" });
    await workbench.until(async () => onDisk("add.mjs") === ADD, "the file is as before");
  });
});
