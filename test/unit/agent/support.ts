/** A folder with files, and the agent's tools at work in it. */
import { mkdtempSync, realpathSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { shownWindows } from "../../../server/agent/tools/shown.ts";
import type { ToolContext } from "../../../server/agent/tools/tool.ts";
import { consentIn, runTool } from "../../../server/agent/tools/tools.ts";
import { DiskWorkspace } from "../../../server/agent/workspace/diskWorkspace.ts";
import type { AgentProgress, ApprovalSubject, ApproveResult, Message, ToolCall } from "../../../server/protocol.ts";
import { countTokens, grammars, signal } from "../features/support.ts";

export type Project = {
  root: string;
  workspace: DiskWorkspace;
  /** The subjects that the user was asked to approve. */
  asked: ApprovalSubject[];
  progress: AgentProgress[];
  /** Carries out a call, and remembers what it shows. Returns what the model gets. */
  call: (name: string, args: ToolCall["arguments"]) => Promise<string>;
  text: (name: string) => Promise<string>;
  write: (name: string, text: string | Uint8Array) => Promise<void>;
};

/** Hooks that give the tests a user data folder of their own, outside the projects. */
export function ownData(): { before: () => void; after: () => Promise<void> } {
  const saved = process.env.XDG_DATA_HOME;
  let folder = "";
  return {
    before: () => {
      folder = mkdtempSync(path.join(os.tmpdir(), "nemotron-data-"));
      process.env.XDG_DATA_HOME = folder;
    },
    after: async () => {
      if (saved === undefined) delete process.env.XDG_DATA_HOME;
      else process.env.XDG_DATA_HOME = saved;
      await rm(folder, { recursive: true });
    },
  };
}

/** A temporary project with these files. `answer`: the user's answers to requests for approval, yes by default. */
export async function projectOf(
  files: Record<string, string | Uint8Array>,
  answer: (subject: ApprovalSubject) => ApproveResult = () => ({ answer: "yes" }),
): Promise<Project> {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-project-")));
  const asked: ApprovalSubject[] = [];
  const workspace = new DiskWorkspace({
    root,
    ask: async (subject) => {
      asked.push(subject);
      return answer(subject);
    },
  });
  const progress: AgentProgress[] = [];
  const messages: Message[] = [];
  const consent = consentIn(workspace, signal);
  const objections = new Set<string>();
  const write = async (name: string, text: string | Uint8Array) => {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const call = async (name: string, args: ToolCall["arguments"]) => {
    const context: ToolContext = {
      workspace,
      consent,
      grammars,
      countTokens,
      signal,
      report: (event) => void progress.push(event),
      asked: "",
      shown: shownWindows(messages),
      commandMs: 10_000,
      objections,
    };
    const toolCall = { name, arguments: args };
    const { text } = await runTool(toolCall, context);
    messages.push({ role: "assistant", content: "", toolCalls: [toolCall] }, { role: "tool", content: text });
    return text;
  };
  return { root, workspace, asked, progress, call, write, text: (name) => readFile(path.join(root, name), "utf8") };
}
