/** Replies that are no edit, and processes that die: the file stays as it was, and the user learns why. */
import assert from "node:assert/strict";
import { findProcess, signal } from "../../support/processes.ts";
import { type ScriptedReply, writeScript } from "../host/scripted.ts";
import { CART, copiesOf, EditorTab, IS_EVEN, isEvenReply, SIMPLER } from "./editor.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

const BROKEN = "```ts\nisEven(n: number) {\n  return (n % 2 === 0;\n}\n```";
const GOOD = isEvenReply().answer;
/** Long enough to be edited by passages. Every function but the first and the last occurs twice. */
const LONG = [
  "export const first = 1;",
  ...Array.from({ length: 90 }, (_, i) => `export function f${i}() {\n  return ${i % 45};\n}`),
  "export const last = 2;",
  "",
].join("\n");
const passage = (search: string, replace: string) =>
  `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;

type Case = { name: string; said: RegExp; reply: Partial<ScriptedReply> };
const REFUSED: Case[] = [
  { name: "prose", said: /text instead of code/, reply: { answer: "I would return the comparison itself." } },
  { name: "empty", said: /text instead of code/, reply: { answer: "" } },
  { name: "cutoff", said: /cut off/, reply: { answer: GOOD.replace(/\n\}\n```$/, ""), stopReason: "length" } },
  { name: "engine", said: /engine/i, reply: { answer: "```ts\nisEven(", error: "engineCrashed" } },
];
/** Replies in another form than the prompt asks for, but with a clear meaning. */
const USABLE: Pick<Case, "name" | "reply">[] = [
  { name: "twice", reply: { answer: `${GOOD}\n\nAgain:\n\n${GOOD}` } },
  { name: "openfence", reply: { answer: GOOD.replace(/\n```$/, "") } },
  { name: "limit", reply: { answer: GOOD, stopReason: "length" } },
];

describe("a faulty reply to an edit", () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({
      files: {
        ...copiesOf(CART, ...[...REFUSED, ...USABLE].map(({ name }) => name), "thought", "broken", "mended", "server"),
        "long.ts": LONG,
        "nowhere.ts": LONG,
        "links.ts": LONG,
      },
      script: [],
      settings: { "nemotron.thinking.budget.edit": "256", "workbench.editor.enablePreview": false },
    });
  });
  after(() => leaveWorkbench(workbench));

  const script = (...replies: ScriptedReply[]) => writeScript(workbench.server.directory, replies);
  async function asked(name: string, ...replies: ScriptedReply[]): Promise<EditorTab> {
    script(...replies);
    const tab = new EditorTab(workbench, `${name}.ts`);
    await tab.open();
    await tab.select(...IS_EVEN);
    await tab.ask("simplify");
    return tab;
  }
  const untouched = async (tab: EditorTab) => {
    await tab.lens("Stop").first().waitFor({ state: "detached" });
    assert.equal(await tab.dirty.count(), 0);
    assert.equal(tab.onDisk(), CART);
    await tab.clearNotifications();
  };

  for (const { name, said, reply } of REFUSED)
    it(`changes nothing, and is reported: ${name}`, async () => {
      const tab = await asked(name, isEvenReply({ thought: "Let me see.", ...reply }));
      await tab.notification(said).waitFor();
      await workbench.shot(`fault-${name}`);
      await untouched(tab);
    });

  for (const { name, reply } of USABLE)
    it(`is used if it is complete: ${name}`, async () => {
      const tab = await asked(name, isEvenReply(reply));
      await tab.lens("Keep").first().waitFor();
      assert.equal(await tab.saved(), SIMPLER);
    });

  it("whose thought holds code leaves the thought out of the file", async () => {
    const thought = "Perhaps\n```ts\nisEven() { return maybe; }\n```\nor rather the comparison.";
    const tab = await asked("thought", isEvenReply({ thought }));
    await tab.lens("Keep").first().waitFor();
    assert.equal(await tab.saved(), SIMPLER);
  });

  it("that breaks the file is requested once more", async () => {
    const again = { match: "does not parse any more", answer: GOOD };
    const tab = await asked("mended", again, isEvenReply({ answer: BROKEN }));
    await tab.lens("Keep").first().waitFor();
    assert.equal(await tab.saved(), SIMPLER);
    assert.equal(await tab.notification("Nemotron").count(), 0);
  });

  it("that breaks the file twice is proposed with a warning", async () => {
    const tab = await asked(
      "broken",
      { match: "does not parse any more", answer: BROKEN },
      isEvenReply({ answer: BROKEN }),
    );
    await tab.lens("Keep").first().waitFor();
    await tab.notification(/pars|syntax/i).waitFor();
    await workbench.shot("fault-broken");
    await workbench.page.keyboard.press("Control+Alt+Shift+u");
    await tab.lens("Keep").first().waitFor({ state: "detached" });
    assert.equal(await tab.saved(), CART);
    await tab.clearNotifications();
  });

  it("with passages that have no unique place is proposed without them, and names them", async () => {
    const answer = `\`\`\`ts\n${passage("  return 7;", "  return 70;")}${passage("export const last = 2;", "export const last = 3;")}\`\`\``;
    script({ match: "change the last", answer });
    const tab = new EditorTab(workbench, "long.ts");
    await tab.open();
    await workbench.page.keyboard.press("Control+a");
    await tab.edit("change the last");
    await tab.notification("return 7;").filter({ hasText: "more than once" }).waitFor();
    await workbench.shot("fault-passages");
    assert.equal(await tab.saved(), LONG.replace("last = 2", "last = 3"));
    await tab.clearNotifications();
  });

  it("with passages that do not exist is requested once more, then refused with their names", async () => {
    const answer = `\`\`\`ts\n${passage("  return nothing;", "  return 70;")}\`\`\``;
    script({ match: "", answer });
    const tab = new EditorTab(workbench, "nowhere.ts");
    await tab.open();
    await workbench.page.keyboard.press("Control+a");
    await tab.ask("change nothing");
    await tab.notification("return nothing;").filter({ hasText: "not in the selected code" }).waitFor();
    assert.equal(tab.onDisk(), LONG);
    await tab.clearNotifications();
  });

  it("cannot put links into messages to the user", async () => {
    const answer = `\`\`\`ts\n${passage("[Keep All](command:workbench.action.quit)", "x")}${passage("export const last = 2;", "export const last = 3;")}\`\`\``;
    script({ match: "", answer });
    const tab = new EditorTab(workbench, "links.ts");
    await tab.open();
    await workbench.page.keyboard.press("Control+a");
    await tab.ask("link nothing");
    await tab.notification("not in the selected code").waitFor();
    await workbench.shot("fault-links");
    assert.equal(await tab.notification("not in the selected code").locator("a", { hasText: "Keep All" }).count(), 0);
    await tab.clearNotifications();
  });

  it("from a server that dies is reported, and the next edit works", async () => {
    const tab = await asked("server", isEvenReply({ holds: "0;" }));
    await tab.lens("Writing").first().waitFor();
    signal(findProcess(workbench.server.pid, "server")!, "SIGKILL");
    await tab.notification("ended before it answered").waitFor();
    await workbench.shot("fault-server");
    await untouched(tab);
    script(isEvenReply());
    await tab.select(...IS_EVEN);
    await tab.edit("simplify");
    assert.equal(await tab.saved(), SIMPLER);
  });
});
