/** From code to a stored conversation, with the real server and the toy model. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type CodeAction, commands, Diagnostic, DiagnosticSeverity, languages, Range, Uri } from "vscode";
import { holdEngine } from "../../support/pace.ts";
import { canFindProcesses } from "../../support/processes.ts";
import { FOLDER, get, logs, ourLog, select, set, storedReply } from "./support.ts";

/** The functions `clamp` and `total` in cart.ts, lines 0-based. */
const CLAMP = [8, 12] as const;
const TOTAL = 31;

describe("explaining", () => {
  it("answers in a conversation that is kept on disk", async () => {
    await select("cart.ts", ...CLAMP);
    await commands.executeCommand("nemotron.explainSelection");
    const { text, reply, sources, userContent } = await storedReply("done", "cart.ts:9-13");
    assert.equal(text, "Explain cart.ts:9-13");
    assert.match(reply.answer, /`clamp` keeps `x` between `min` and `max`/);
    assert.ok(reply.thoughtTokens > 0 && reply.thoughtTokens <= 256, `${reply.thoughtTokens} tokens`);
    assert.equal(sources[0]?.reference.label, "cart.ts:9-13");
    assert.match(userContent ?? "", /if \(x < min\) return min;/);
  });

  it("links the names in the answer to the code", async () => {
    const { links } = await storedReply("done", "cart.ts:9-13");
    assert.deepEqual([...links].sort(), ["clamp", "max", "min", "x"]);
  });

  it("explains what the cursor is in if nothing is selected", async () => {
    await select("cart.ts", TOTAL, TOTAL, "cursor");
    await commands.executeCommand("nemotron.explainSelection");
    const { userContent, reply } = await storedReply("done", "cart.ts:31-37");
    assert.match(userContent ?? "", /return sum;/);
    assert.match(reply.answer, /adds up every `price`/);
  });

  it("thinks within the budget for explanations", async () => {
    const before = get("thinking.budget.explain");
    await set("thinking.budget.explain", "off");
    await select("cart.ts", ...CLAMP);
    await commands.executeCommand("nemotron.explainSelection");
    const { reply } = await storedReply("done", "cart.ts:9-13");
    assert.equal(reply.thoughtTokens, 0);
    assert.equal(reply.thought, "");
    await set("thinking.budget.explain", before);
  });

  it("stops in the middle of its thought", async function () {
    if (!canFindProcesses) return this.skip();
    await select("cart.ts", ...CLAMP);
    const pace = await holdEngine(process.pid);
    const explained = commands.executeCommand("nemotron.explainSelection");
    try {
      await pace.step(10);
      await storedReply("thinking", "cart.ts:9-13");
      await pace.untilReceived("cancel", () => commands.executeCommand("nemotron.stopReply"));
    } finally {
      await pace.end();
    }
    await explained;
    const { reply } = await storedReply("stopped", "cart.ts:9-13");
    assert.ok(reply.thought.length > 0);
  });
});

describe("problems", () => {
  const problems = languages.createDiagnosticCollection("suite");
  const uri = Uri.file(path.join(FOLDER, "cart.ts"));
  const range = new Range(9, 6, 9, 13);
  before(() => {
    const problem = new Diagnostic(range, "Comparison is suspicious.", DiagnosticSeverity.Warning);
    problems.set(uri, [problem]);
  });
  after(() => problems.dispose());

  it("have a lightbulb that explains them", async () => {
    await select("cart.ts", 9);
    const actions = await commands.executeCommand<CodeAction[]>("vscode.executeCodeActionProvider", uri, range);
    const explain = actions.find(({ title }) => title === "Explain this problem");
    assert.equal(explain?.command?.command, "nemotron.explainProblem");
    await commands.executeCommand(explain.command.command, ...(explain.command.arguments ?? []));
    const { text, sources } = await storedReply("done", "Explain this problem");
    assert.equal(text, "Explain this problem: Comparison is suspicious.");
    assert.deepEqual(
      sources.map(({ reference }) => reference.kind),
      ["selection", "problems"],
    );
  });

  it("are also found at the cursor, from the palette", async () => {
    await select("cart.ts", 9, 9, "cursor");
    await commands.executeCommand("nemotron.explainProblem");
    assert.ok(await storedReply("done", "Comparison is suspicious."));
  });
});

describe("the logs", () => {
  it("hold no prompts, code or answers, even when messages are traced", async () => {
    const trace = get("trace.server");
    await set("trace.server", "messages");
    const secret = "Quillonbeam";
    writeFileSync(path.join(FOLDER, "secret.ts"), `export const ${secret} = "${secret}";\n`);
    await select("secret.ts", 0);
    await commands.executeCommand("nemotron.explainSelection");
    const { userContent } = await storedReply("done", "secret.ts");
    assert.match(userContent ?? "", new RegExp(secret));
    assert.match(ourLog(), /nemotron\/explain: answered after \d+ ms/);
    assert.doesNotMatch(logs(), new RegExp(secret));
    assert.doesNotMatch(logs(), /keeps `x` between/);
    await set("trace.server", trace);
  });
});
