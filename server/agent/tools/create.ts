/** `create`: writes a new file. */
import * as z from "zod";
import { languageOf } from "../../features/code/languages.ts";
import { syntaxErrors } from "../../features/code/syntax.ts";
import { linesOf, unixLines } from "../../features/text/lines.ts";
import { patch } from "./edit.ts";
import { withoutNumbers } from "./numbered.ts";
import type { AgentTool } from "./tool.ts";

type Arguments = { path: string; text: string };

export const create: AgentTool<Arguments> = {
  definition: {
    name: "create",
    description: "Writes a new file. A file that exists is changed with edit.",
    parameters: {
      type: "object",
      properties: { path: { type: "string" }, text: { type: "string" } },
      required: ["path", "text"],
    },
  },
  arguments: z.strictObject({ path: z.string().min(1), text: z.string() }),
  run: async ({ path, text }, { workspace, consent, grammars, report }) => {
    const place = await workspace.resolve(path);
    if (place.kind !== "nothing") return { text: `${place.path} exists. Change it with edit.`, failed: true };
    await consent("write", place);
    const lines = withoutNumbers(unixLines(text));
    const whole = lines === "" || lines.endsWith("\n") ? lines : `${lines}\n`;
    await workspace.create(place, whole);
    report({ type: "edit", uri: place.uri, path: place.path, diff: patch(place.path, "", whole), created: true });
    const [error] = (await syntaxErrors(grammars, languageOf(place.path), whole)) ?? [];
    const verdict = error ? ` Line ${error.line + 1} does not parse: ${error.what}.` : "";
    const count = linesOf(whole).length - 1;
    return {
      text: `Created ${place.path} with ${count} ${count === 1 ? "line" : "lines"}.${verdict}`,
      changed: place.uri,
    };
  },
};
