import assert from "node:assert/strict";
import type { CodeActionContext, Range } from "vscode-languageserver";
import { codeActions } from "../../../../server/features/edit/actions.ts";
import { Command, type RangeArguments } from "../../../../server/protocol.ts";
import { cart, grammars, linesRange, problem, range } from "../support.ts";

const document = cart();
const { uri, version } = document;
const IS_EVEN = linesRange(document, 22, 28);
const CURSOR = range(23, 8, 23, 8);

const actionsAt = (at: Range, context: Partial<CodeActionContext> = {}) =>
  codeActions({ textDocument: { uri }, range: at, context: { diagnostics: [], ...context } }, document, grammars);
type Actions = Awaited<ReturnType<typeof actionsAt>>;
const argsOf = (action: Actions[number]) => action.command!.arguments![0] as RangeArguments;
const titles = (actions: Actions) => actions.map(({ title }) => title);

describe("features: code actions", () => {
  it("offer everything for a selection", async () => {
    const actions = await actionsAt(IS_EVEN);
    assert.deepEqual(titles(actions), [
      ...["Explain", "Refactor", "Document", "Add types", "Simplify", "Rename for clarity", "Reduce nesting"],
      ...["Extract function", "Write tests"],
    ]);
    assert.deepEqual(
      actions.map(({ command }) => command!.command),
      [Command.explain, ...Array(7).fill(Command.edit), Command.writeTests],
    );
    assert.deepEqual(argsOf(actions[1]!), { uri, version, range: IS_EVEN, instruction: "refactor" });
  });

  it("apply to the symbol around the cursor without a selection", async () => {
    for (const action of await actionsAt(CURSOR)) assert.deepEqual(argsOf(action).range, IS_EVEN);
  });

  it("offer a fix for each problem, with enough code around it", async () => {
    const diagnostics = [problem(23, "Not\n  good.", 1), problem(24, "x".repeat(200))];
    const fixes = await actionsAt(CURSOR, { diagnostics, only: ["quickfix"] });
    assert.deepEqual(titles(fixes), ["Fix: Not good.", `Fix: ${"x".repeat(94)}…`]);
    const [first] = fixes;
    assert.deepEqual(first!.diagnostics, [diagnostics[0]]);
    const args = { uri, version, range: IS_EVEN, instruction: "fix", diagnostics: [diagnostics[0]] };
    assert.deepEqual(argsOf(first!), args);
  });

  it("stay within the user's selection around the problem", async () => {
    const selected = linesRange(document, 23, 25);
    const [fix] = await actionsAt(selected, { diagnostics: [problem(23, "Bad.")], only: ["quickfix"] });
    assert.deepEqual(argsOf(fix!).range, selected);
  });

  it("respect the requested kinds", async () => {
    const all = titles(await actionsAt(IS_EVEN));
    assert.deepEqual(titles(await actionsAt(IS_EVEN, { only: [""] })), all);
    assert.deepEqual(titles(await actionsAt(IS_EVEN, { only: ["refactor"] })), all.slice(1, 8));
    assert.deepEqual(titles(await actionsAt(IS_EVEN, { only: ["refactor.rewrite"] })), all.slice(1, 7));
    assert.deepEqual(titles(await actionsAt(IS_EVEN, { only: ["refactor.extract"] })), ["Extract function"]);
    assert.deepEqual(titles(await actionsAt(IS_EVEN, { only: ["refactor.move", "source", "ref"] })), []);
  });
});
