/**
 * Real files, and replies made from an intended edit of them: wider, narrower, with parts left out, in another order,
 * indentation or form. The result is the intended edit, or has a warning, or is refused. Nothing is lost silently, and
 * correct edits have no warning. NEMOTRON_EDIT_RUNS=5000 and NEMOTRON_FUZZ_SEED=N run more or other edits, and
 * NEMOTRON_EDIT_FILES=FOLDER edits other files than the project's own.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { TextDocument } from "vscode-languageserver-textdocument";
import { EngineError } from "../../../../server/engine/engine.ts";
import { apply } from "../../../../server/features/apply/apply.ts";
import { isDeclaration } from "../../../../server/features/code/declarations.ts";
import { languageOf } from "../../../../server/features/code/languages.ts";
import { flatten, outlineOf } from "../../../../server/features/code/outline.ts";
import { edit } from "../../../../server/features/edit/edit.ts";
import { boundBy, hasVariables } from "../../../../server/features/guard/boundNames.ts";
import { isBlank, linesOf } from "../../../../server/features/text/lines.ts";
import { documentOf, documentsOf, END, grammars, linesRange, signal, world } from "../support.ts";

const RUNS = Number(process.env.NEMOTRON_EDIT_RUNS ?? 150);
const FOLDERS = process.env.NEMOTRON_EDIT_FILES?.split(path.delimiter) ?? [
  ...["server", "src", "media", "test", "build", "l10n", "docs", "node_modules/node-llama-cpp/llama/addon"],
];
const KINDS = /\.(?:ts|tsx|mjs|js|json|md|css|py|c|cpp|h|go|rs|java|rb|php|ya?ml|toml|lua|kt|sh|html|vue|sql)$/;
/** Maximum number of lines. Longer files are the same, only slower. */
const LONGEST_FILE = 600;

const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => KINDS.test(file) && !file.includes("__pycache__"))
    .map((file) => path.join(folder, file))
    .filter((file) => statSync(file).isFile() && statSync(file).size < 40_000),
).sort();

const FORMS = [
  ...["whole", "deeper", "wider", "narrower", "elided", "reordered", "diff", "passages", "numbered", "unfenced"],
] as const;
type Form = (typeof FORMS)[number];

/** The lines of a file, and what they should become: one of them changes. */
type Task = { document: TextDocument; lines: string[]; first: number; last: number; meant: string[] };

const draw = fc.record({
  file: fc.nat(),
  place: fc.nat(),
  length: fc.integer({ min: 3, max: 40 }),
  at: fc.nat(),
  a: fc.double({ min: 0, max: 1, noNaN: true }),
  b: fc.double({ min: 0, max: 1, noNaN: true }),
  form: fc.constantFrom(...FORMS),
});
type Draw = typeof draw extends fc.Arbitrary<infer T> ? T : never;

describe("features: edits of real files by replies of all kinds", () => {
  it("are as intended, or have a warning that names the loss, or are refused", async function () {
    this.timeout(120_000 + RUNS * 200);
    const count = { right: 0, warned: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(draw, async (drawn) => {
        const task = await taskOf(drawn);
        fc.pre(task !== undefined);
        for (const way of [editedBy, appliedBy]) {
          const outcome = await way(task!, drawn);
          if (outcome) count[outcome]++;
        }
      }),
      { numRuns: RUNS, maxSkipsPerRun: 200, endOnFailure: true },
    );
    if (RUNS > 1000) console.log(count);
    assert.ok(count.right > count.refused, JSON.stringify(count));
  });
});

/** Undefined if no visible change of the file is possible. */
async function taskOf({ file, place, length, at }: Draw): Promise<Task | undefined> {
  const name = FILES[file % FILES.length]!;
  const text = readFileSync(name, "utf8").replaceAll("\r\n", "\n");
  const lines = linesOf(text);
  if (lines.length < 5 || lines.length > LONGEST_FILE) return undefined;
  const document = documentOf(text, languageOf(name), path.basename(name));
  const { declarations } = await outlineOf(grammars, document.languageId, text);
  const whole = flatten(declarations).filter(({ first, last }) => last - first >= 2 && last - first < 60);
  const start = place % Math.max(1, lines.length - length);
  const chosen = place % 3 > 0 ? whole[place % Math.max(1, whole.length)] : undefined;
  let [first, last] = chosen ? [chosen.first, chosen.last] : [start, Math.min(lines.length - 1, start + length)];
  while (first < last && isBlank(lines[first]!)) first++;
  while (last > first && isBlank(lines[last]!)) last--;
  if (last - first < 2) return undefined;
  const meant = lines.slice(first, last + 1);
  const line = 1 + (at % (meant.length - 1));
  const changed = meant[line]!.replace(/\b\d+(?=\D*$)|\b[a-z]{3,}\w*(?=\W*$)/, (word) =>
    /^\d/.test(word) ? `1${word}` : `${word}Two`,
  );
  // A renamed test hook really is lost.
  if (changed === meant[line] || /^\s*(?:before|after)(?:Each|All)?\(/.test(meant[line]!)) return undefined;
  // So is a name that other code uses.
  if (isNeeded(lines, first + line, changed, document.languageId)) return undefined;
  // A renamed keyword is a syntax error in any reply.
  if (/\b(?:for|if|while|switch)Two\b/.test(changed)) return undefined;
  meant[line] = changed;
  return { document, lines, first, last, meant };
}

/** Whether other code uses, or may use, the changed name. */
function isNeeded(lines: readonly string[], line: number, changed: string, languageId: string): boolean {
  const name = /\b(\w+)Two\b/.exec(changed)?.[1];
  if (name === undefined) return false;
  if (isDeclaration(lines, line, languageId)) return true;
  // A line of parameters, with or without their types.
  const isParameter = new RegExp(`^[\\w\\s:<>*&,.?[\\]]*\\b${name}[,)]?$`).test(lines[line]!);
  const member = new RegExp(`\\.${name}\\b`);
  const isField = !member.test(lines[line]!) && lines.some((other) => member.test(other));
  return (
    isParameter ||
    isField ||
    (hasVariables(languageId) && boundBy(lines[line]!, languageId).some((one) => one.name === name))
  );
}

/** Without the common indentation. */
function shown(lines: readonly string[]): string[] {
  const widths = lines.filter((line) => !isBlank(line)).map((line) => /^[ \t]*/.exec(line)![0].length);
  const least = Math.min(...widths);
  return lines.map((line) => line.slice(Math.min(least, /^[ \t]*/.exec(line)![0].length)));
}

/** Undefined if the form does not apply. */
function codeOf({ lines, first, last, meant }: Task, { form, a, b }: Draw): string[] | undefined {
  const filled = meant.flatMap((line, i) => (/\w{2}/.test(line) ? [i] : []));
  const [x, y] = [a, b].map((share) => Math.floor(share * filled.length)).sort((m, n) => m - n) as [number, number];
  switch (form) {
    case "deeper":
      return shown(meant).map((line) => (line === "" ? line : `      ${line}`));
    case "wider": {
      const [above, below] = [Math.floor(a * 12), Math.floor(b * 12)];
      const around = [
        ...lines.slice(Math.max(0, first - above), first),
        ...meant,
        ...lines.slice(last + 1, last + 1 + below),
      ];
      return around.length > meant.length ? shown(around) : undefined;
    }
    case "narrower": {
      const part = meant.slice(filled[x], (filled[y] ?? 0) + 1);
      const left = part.filter((line) => /\w{2}/.test(line)).length;
      return left > 0 && left <= filled.length / 2 && filled.length - left >= 3 ? shown(part) : undefined;
    }
    case "elided": {
      if (y - x < 3 || x === 0) return undefined;
      const indentation = /^\s*/.exec(meant[filled[x]!]!)![0];
      return shown([...meant.slice(0, filled[x]), `${indentation}// ... existing code ...`, ...meant.slice(filled[y])]);
    }
    case "reordered": {
      const cut = filled[x]!;
      return cut === 0 ? undefined : shown([...meant.slice(cut), ...meant.slice(0, cut)]);
    }
    default:
      return shown(meant);
  }
}

function answerOf(task: Task, drawn: Draw): string | undefined {
  const code = codeOf(task, drawn);
  if (!code) return undefined;
  const { document, lines, first, last, meant } = task;
  const before = shown(lines.slice(first, last + 1));
  const at = before.findIndex((line, i) => line !== code[i]);
  const [from, to] = [Math.max(0, at - 2), at + 3];
  const fence = (text: readonly string[], tag = document.languageId) =>
    `\`\`\`\`\`\n${tag && ""}${text.join("\n")}\n\`\`\`\`\``;
  switch (drawn.form) {
    case "diff": {
      const context = (part: readonly string[]) => part.map((line) => ` ${line}`);
      return `\`\`\`\`\`diff\n${["@@ -1,5 +1,5 @@", ...context(before.slice(from, at)), `-${before[at]}`, `+${code[at]}`, ...context(before.slice(at + 1, to))].join("\n")}\n\`\`\`\`\``;
    }
    case "passages":
      return ["<<<<<<< SEARCH", ...before.slice(from, to), "=======", ...code.slice(from, to), ">>>>>>> REPLACE"].join(
        "\n",
      );
    case "numbered":
      return fence(code.map((line, i) => `${first + i + 1} | ${line}`));
    case "unfenced":
      return `Here it is:\n\n${code.join("\n")}`;
    default:
      return fence(meant.length > 0 ? code : []);
  }
}

type Outcome = "right" | "warned" | "refused" | undefined;

async function editedBy(task: Task, drawn: Draw): Promise<Outcome> {
  const answer = answerOf(task, drawn);
  if (answer === undefined) return undefined;
  const { document, first, last } = task;
  const { deps } = world(documentsOf(document), [{ type: "answer", text: answer, tokens: 1 }, END]);
  const range = linesRange(document, first + 1, last + 1);
  const params = { textDocument: { uri: document.uri, version: 1 }, range, instruction: "improve it" };
  return judged(task, drawn, "edit", () => edit(params, deps, signal, () => {}), answer);
}

async function appliedBy(task: Task, drawn: Draw): Promise<Outcome> {
  const code = codeOf(task, drawn)?.join("\n");
  if (code === undefined || ["diff", "passages", "numbered", "unfenced"].includes(drawn.form)) return undefined;
  const { document } = task;
  const params = { textDocument: { uri: document.uri, version: 1 }, code };
  return judged(task, drawn, "apply", () => apply(params, { documents: documentsOf(document), grammars }), code);
}

/** Judges an edit. Throws if text is lost silently, or if a correct edit has a warning. */
async function judged(
  task: Task,
  { form }: { form: Form },
  way: "edit" | "apply",
  make: () => Promise<{ edits: Parameters<typeof TextDocument.applyEdits>[1]; warning?: string }>,
  said: string,
): Promise<Outcome> {
  const { document, lines, first, last, meant } = task;
  const made = await make().catch((error) => {
    if (error instanceof EngineError) return undefined;
    throw error;
  });
  if (!made) return "refused";
  const after = TextDocument.applyEdits(document, made.edits);
  const wanted = [...lines.slice(0, first), ...meant, ...lines.slice(last + 1)];
  const right = after === wanted.join("\n");
  const details = `${document.uri} ${first}-${last} ${form}: ${made.warning}\n--- said\n${said}\n--- got\n${differing(wanted, linesOf(after))}`;
  if (right) {
    assert.ok(!made.warning?.startsWith("This edit"), `warned of what is right: ${details}`);
    return "right";
  }
  if (made.warning !== undefined) return "warned";
  // In another order nothing is lost; Apply may leave lines where they are. The line that should change does not count,
  // and a single line is only a small share.
  const there = linesOf(after);
  const missing = missingLines(wanted, there).filter((line) => lines.includes(line) && /\w{2}/.test(line));
  const extra = missingLines(there, wanted).filter((line) => lines.includes(line) && /\w{2}/.test(line));
  // Applied code with another name is added beside the existing code.
  assert.ok(way === "apply" || extra.length < 2, `repeated without a word: ${details}`);
  const moved = form === "whole" ? lines.filter((line) => !isBlank(line) && !there.includes(line)).length : 0;
  assert.ok(missing.length < 2 && moved < 2, `lost without a word: ${JSON.stringify(missing)} ${details}`);
  return "right";
}

function missingLines(wanted: readonly string[], there: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of there) left.set(line.trim(), (left.get(line.trim()) ?? 0) + 1);
  return wanted.filter((line) => {
    const count = left.get(line.trim()) ?? 0;
    left.set(line.trim(), count - 1);
    return count <= 0 && !isBlank(line);
  });
}

function differing(wanted: readonly string[], got: readonly string[]): string {
  const at = wanted.findIndex((line, i) => line !== got[i]);
  return `${got.slice(Math.max(0, at - 3), at + 25).join("\n")}\n--- wanted\n${wanted.slice(Math.max(0, at - 3), at + 25).join("\n")}`;
}
