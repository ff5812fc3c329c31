/** The model's published chat template, from the llama.cpp sources that node-llama-cpp's package carries. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Template } from "@huggingface/jinja";
import type { Message, Tool } from "../../../server/protocol.ts";

const BUNDLE = "node_modules/node-llama-cpp/llama/gitRelease.bundle";
const TEMPLATE = "models/templates/NVIDIA-Nemotron-Nano-v2.jinja";

/** Tests run in the repository's root. */
export function readPublishedTemplate(): Template {
  const directory = mkdtempSync(path.join(tmpdir(), "nemotron-template-"));
  try {
    execFileSync("git", ["clone", "--quiet", "--bare", BUNDLE, directory]);
    return new Template(execFileSync("git", ["-C", directory, "show", `HEAD:${TEMPLATE}`], { encoding: "utf8" }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Renders with a generation prompt, messages and tools put the way transformers is given them. */
export function renderPublished(template: Template, messages: Message[], tools: Tool[] = []): string {
  return template.render({
    messages: messages.map((message) => {
      if (message.role !== "assistant" || message.toolCalls === undefined) return { ...message };
      const tool_calls = message.toolCalls.map((call) => ({ type: "function", function: { ...call } }));
      return { role: message.role, content: message.content, tool_calls };
    }),
    tools: tools.map((tool) => ({ type: "function", function: { ...tool } })),
    add_generation_prompt: true,
  });
}
