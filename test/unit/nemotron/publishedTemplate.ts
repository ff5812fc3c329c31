/** The models' published chat templates, from the llama.cpp sources in node-llama-cpp's package. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Template } from "@huggingface/jinja";
import type { Message, Tool } from "../../../server/protocol.ts";

const BUNDLE = "node_modules/node-llama-cpp/llama/gitRelease.bundle";
const FOLDER = "models/templates";

/** A model's published chat template. The working directory must be the repository's root. */
export function readPublishedTemplate(name = "NVIDIA-Nemotron-Nano-v2"): Template {
  return new Template(readPublishedText(name));
}

/** The source of a model's published chat template. */
export const readPublishedText = (name: string): string => readSource(`${FOLDER}/${name}.jinja`);

/** A file of llama.cpp's sources. */
export function readSource(file: string): string {
  return execFileSync("git", ["-C", bundle(), "show", `HEAD:${file}`], { encoding: "utf8", maxBuffer: 2 ** 25 });
}

let unpacked: string | undefined;

/** Unpacks llama.cpp's repository once, until the tests end. Returns its folder. */
function bundle(): string {
  if (unpacked) return unpacked;
  const directory = mkdtempSync(path.join(tmpdir(), "nemotron-template-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  execFileSync("git", ["clone", "--quiet", "--bare", BUNDLE, directory]);
  unpacked = directory;
  return directory;
}

/** Renders a template with a generation prompt. Messages and tools have the form that transformers expects. */
export function renderPublished(
  template: Template,
  messages: Message[],
  tools: Tool[] = [],
  context: Record<string, unknown> = {},
): string {
  return template.render({
    ...context,
    messages: messages.map((message) => {
      if (message.role !== "assistant") return { ...message };
      const { role, content, toolCalls, thought } = message;
      const tool_calls = toolCalls?.map((call) => ({ type: "function", function: { ...call } }));
      return {
        role,
        content,
        ...(tool_calls && { tool_calls }),
        ...(thought !== undefined && { reasoning_content: thought }),
      };
    }),
    tools: tools.map((tool) => ({ type: "function", function: { ...tool } })),
    add_generation_prompt: true,
  });
}
