/** Each case of the evaluation tells the right result from wrong ones. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Change, changed, loadCases, type ProjectCase, type TalkCase, type TalkReply } from "../../eval/cases.ts";
import { gradeProject, writeProject } from "../../eval/grade.ts";
import { gradeTalk, languageIn } from "../../eval/gradeTalk.ts";

const cases = loadCases();
const projects = cases.filter((one): one is ProjectCase => one.kind === "agent" || one.kind === "edit");
const talks = cases.filter((one): one is TalkCase => one.kind !== "agent" && one.kind !== "edit");
const count = (kind: string) => cases.filter((one) => one.kind === kind).length;
/** How many grading scripts run at a time. */
const AT_A_TIME = 4;

describe("the cases of the evaluation", () => {
  let root: string;
  before(() => {
    root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "nemotron-cases-")));
  });
  after(() => rmSync(root, { recursive: true }));

  let made = 0;
  async function grade(one: ProjectCase, changes: readonly Change[]): Promise<string | undefined> {
    const folder = path.join(root, `${++made}`);
    const [project, scratch] = [path.join(folder, "project"), path.join(folder, "scratch")];
    mkdirSync(scratch, { recursive: true });
    writeProject(project, changed(one.files, changes));
    return gradeProject(one, project, scratch);
  }

  /** Tries all projects, some at a time, and returns what is wrong with them. */
  async function faults(faultsOf: (one: ProjectCase) => Promise<string[]>): Promise<string[]> {
    const found: string[] = [];
    const queue = [...projects];
    const work = async () => {
      for (let one = queue.shift(); one; one = queue.shift())
        found.push(...(await faultsOf(one)).map((fault) => `${one.kind}/${one.name}: ${fault}`));
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return found;
  }

  it("are 24 tasks, 40 edits, and explanations in six languages", () => {
    assert.deepEqual(["agent", "edit"].map(count), [24, 40]);
    const languages = talks.flatMap(({ kind, language }) => (kind === "explain" ? [language] : []));
    assert.deepEqual([...new Set(languages)].sort(), ["de", "en", "es", "fr", "it", "ja"]);
    assert.ok(count("tools") >= 6 && count("budget") >= 3);
  });

  it("pass with their right change", async () => {
    const wrong = await faults(async (one) => {
      const why = await grade(one, one.right);
      return why === undefined ? [] : [why];
    });
    assert.deepEqual(wrong, []);
  });

  it("fail without a change, and with each wrong one", async () => {
    const wrong = await faults(async (one) => {
      assert.ok(one.wrong.length > 0, one.name);
      const results = await Promise.all([[], ...one.wrong].map((changes) => grade(one, changes)));
      return results.flatMap((why, i) => (why === undefined ? [`passes with change ${i}`] : []));
    });
    assert.deepEqual(wrong, []);
  });

  it("fail if a file is touched that the task does not need, or if a file is written anew", async () => {
    const [one] = projects as [ProjectCase];
    const [file] = Object.keys(one.files).filter((name) => one.right.every((change) => change.path !== name));
    const other: Change = { path: file!, old: one.files[file!]!, new: `${one.files[file!]}\n` };
    assert.match((await grade(one, [...one.right, other]))!, /should not be touched/);
    const [right] = one.right as [Change];
    const long = { ...right, new: `${right.new}${"\n".repeat(40)}` };
    assert.match((await grade(one, [long]))!, /lines were changed/);
    assert.match((await grade(one, [{ ...right, new: "(" }]))!, /does not parse/);
  });

  const replyOf = ({ answer = "", thought = "", calls = [] }: TalkReply) => ({
    answer,
    thought,
    toolCalls: calls,
    thoughtTokens: 10,
  });

  it("tell the right reply from wrong ones, and from none", () => {
    for (const one of talks) {
      const of = (reply: TalkReply) => gradeTalk(one, replyOf(reply), 512);
      assert.equal(of(one.right), undefined, one.name);
      for (const [i, wrong] of [...one.wrong, {}].entries()) assert.ok(of(wrong), `${one.name} passes with reply ${i}`);
    }
  });

  it("see thoughts that are not wanted or too long, and the model's own tokens", () => {
    const [one] = talks as [TalkCase];
    const right = replyOf(one.right);
    assert.equal(gradeTalk(one, right, 0), "it thinks");
    assert.equal(gradeTalk(one, { ...right, thought: "" }, 0), undefined);
    assert.equal(gradeTalk(one, { ...right, thoughtTokens: 96 }, 64), undefined);
    assert.match(gradeTalk(one, { ...right, thoughtTokens: 97 }, 64)!, /97 tokens of 64/);
    assert.match(gradeTalk(one, { ...right, answer: `</think>${right.answer}` }, 64)!, /own tokens/);
  });

  it("know the language of a text, not of its code", () => {
    assert.equal(languageIn("```js\nif the is of\n```\nDas ist die Funktion."), "de");
    assert.equal(languageIn("42"), undefined);
  });
});
