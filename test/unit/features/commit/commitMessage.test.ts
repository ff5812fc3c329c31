import assert from "node:assert/strict";
import fc from "fast-check";
import type { ReplyEvent } from "../../../../server/engine/engine.ts";
import { commitMessage } from "../../../../server/features/commit/commitMessage.ts";
import { filesOf } from "../../../../server/features/commit/diffFiles.ts";
import { parseMessage } from "../../../../server/features/commit/messageReply.ts";
import { COMMIT_REQUEST } from "../../../../server/features/text/prompts.ts";
import { countTokens, documentsOf, END, signal, world } from "../support.ts";

const says = (text: string, end = END): ReplyEvent[] => [{ type: "answer", text, tokens: 3 }, end];
const CUT: ReplyEvent = { ...END, stopReason: "length" } as ReplyEvent;

const diffOf = (path: string, lines: string[]) =>
  `diff --git a/${path} b/${path}\nindex 1234567..89abcde 100644\n--- a/${path}\n+++ b/${path}\n@@ -1,2 +1,2 @@ f()\n${lines.join("\n")}\n`;

describe("features: a diff's files", () => {
  const cases: [name: string, diff: string, path: string, text: string][] = [
    ["a change", diffOf("src/a b.ts", ["-a", "+b"]), "src/a b.ts", "@@ -1,2 +1,2 @@ f()\n-a\n+b"],
    [
      "a new file",
      "diff --git a/a b/a\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+a\n",
      "a",
      "new file mode 100644\n@@ -0,0 +1 @@\n+a",
    ],
    [
      "a deleted file",
      "diff --git a/a b/a\ndeleted file mode 100644\n--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
      "a",
      "deleted file mode 100644\n@@ -1 +0,0 @@\n-a",
    ],
    [
      "a renamed file",
      "diff --git a/a b/c\nsimilarity index 100%\nrename from a\nrename to c\n",
      "c",
      "rename from a\nrename to c",
    ],
    [
      "a binary file",
      "diff --git a/a.png b/a.png\nindex 1..2 100644\nBinary files a/a.png and b/a.png differ\n",
      "a.png",
      "Binary files a/a.png and b/a.png differ",
    ],
    [
      "a name that git quotes",
      'diff --git "a/\\303\\251 \\"b\\".txt" "b/\\303\\251 \\"b\\".txt"\nold mode 100644\nnew mode 100755\n',
      'é "b".txt',
      "old mode 100644\nnew mode 100755",
    ],
    [
      "a binary file with a quoted name",
      'diff --git "a/\\303\\251.png" "b/\\303\\251.png"\nBinary files "a/\\303\\251.png" and "b/\\303\\251.png" differ\n',
      "é.png",
      "Binary files a/é.png and b/é.png differ",
    ],
    [
      "a renamed file with a name in Latin-1",
      'diff --git "a/\\351.txt" b/e.txt\nsimilarity index 100%\nrename from "\\351.txt"\nrename to e.txt\n',
      "e.txt",
      "rename from é.txt\nrename to e.txt",
    ],
    [
      "quoted bytes in the text",
      'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n+"\\303\\251"',
      "a",
      '@@ -1 +1 @@\n+"\\303\\251"',
    ],
    [
      "a folder that looks like another name",
      "diff --git a/x b/y b/x b/y\nBinary files a/x b/y and b/x b/y differ\n",
      "x b/y",
      "Binary files a/x b/y and b/x b/y differ",
    ],
    ["a merge", "diff --cc a\nindex 1,2..3\n--- a/a\n+++ b/a\n@@@ -1 -1 +1 @@@\n++c", "a", "@@@ -1 -1 +1 @@@\n++c"],
    ["no header", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b", "x", "@@ -1 +1 @@\n-a\n+b"],
  ];
  for (const [name, diff, path, text] of cases) {
    it(name, () => assert.deepEqual(filesOf(diff), [{ path, text }]));
  }

  it("are separated, and lines that look like headers are not taken for them", () => {
    const files = filesOf(diffOf("a", ["+diff --git a/x b/x", "--- a/y", "+++ b/z"]) + diffOf("b", ["+c"]));
    assert.deepEqual(
      files.map(({ path }) => path),
      ["a", "b"],
    );
    assert.ok(files[0]!.text.endsWith("+diff --git a/x b/x\n--- a/y\n+++ b/z"));
  });
});

describe("features: a commit message's reply", () => {
  const cases: [answer: string, message: string][] = [
    ["Add a thing", "Add a thing"],
    ["  Add a thing\n\nBecause.  \n\nAnd more.\n", "Add a thing\n\nBecause.\n\nAnd more."],
    ["Add a thing\nBecause.", "Add a thing\n\nBecause."],
    ["```\nAdd a thing\n```", "Add a thing"],
    ["Here are two options:\n\n1. ```\nAdd a thing\n\n- one\n```\n2. ```\nAdd it\n```", "Add a thing\n\n- one"],
    ["1. ```\n   Add a thing\n   ```\n\n2. ```\n   Add it\n   ```", "Add a thing"],
    ["Add a thing\n\n- one\n</think>", "Add a thing\n\n- one"],
    ["Here is the commit message:\n\n```text\nAdd a thing\n\n- one\n```\nDone.", "Add a thing\n\n- one"],
    ["Here's a commit message for these changes:\nAdd a thing", "Add a thing"],
    ["Commit message: Add a thing", "Add a thing"],
    ["**Commit message:** Add a thing", "Add a thing"],
    ['"Add a thing"', "Add a thing"],
    ["`Add a thing`\n\nIt is `here`.", "Add a thing\n\nIt is `here`."],
    ["**Add a thing**", "Add a thing"],
    ["# Add a thing", "Add a thing"],
    ['Say "yes" and "no"', 'Say "yes" and "no"'],
    ['"yes" becomes "no"', '"yes" becomes "no"'],
    ["fix(cart): a thing", "fix(cart): a thing"],
    ["Here is where it breaks", "Here is where it breaks"],
    ["Show it in `a`\n\n```\ncode\n```", "Show it in `a`\n\n```\ncode\n```"],
    [`${"word ".repeat(20).trim()}\n\nMore.`, `${"word ".repeat(14).trim()}\n\n${"word ".repeat(6).trim()}\n\nMore.`],
    ["Fix the following:\n\n- one", "Fix the following:\n\n- one"],
    ["Clarify it\n\n```\ncode\n```", "Clarify it\n\n```\ncode\n```"],
    ["Keep </think> in a text", "Keep </think> in a text"],
    ["It adds a thing.\n</think>\n\nAdd a thing", "Add a thing"],
    ["Add a tag\n\n```\n</think>\n```", "Add a tag\n\n```\n</think>\n```"],
    ["**Subject:** Add a thing\n\n**Body:**\n- one", "Add a thing\n\n- one"],
    ["Betreff: Füge etwas hinzu\n\nBeschreibung:\n- eins", "Füge etwas hinzu\n\n- eins"],
    ["Subject:\nAdd a thing", "Add a thing"],
    ["Message:\nAdd a thing\n\n- one", "Add a thing\n\n- one"],
    ["message: read it again", "message: read it again"],
    ["Title: Add a thing\n\nSummary:\n- one", "Add a thing\n\n- one"],
    ["Add a thing\n\nSummary:\n- one", "Add a thing\n\nSummary:\n- one"],
    ["## Subject\n\nAdd a thing\n\n## Body\n\n- one", "Add a thing\n\n- one"],
    ["# Title of the page\n\n- one", "Title of the page\n\n- one"],
    ["### Commit message\n\nAdd a thing\n\n- one", "Add a thing\n\n- one"],
    ["<commit_message>\nAdd a thing\n</commit_message>", "Add a thing"],
    ["Add a thing\n\nDescription: of what it is", "Add a thing\n\nDescription: of what it is"],
    ["git commit -m \"Add a thing\" -m 'It is.'", "Add a thing\n\nIt is."],
    ["Add a thing\n\n---\n\nThis message follows the style of the recent ones.", "Add a thing"],
    ['{"subject": "Add a thing", "body": ["- one", "- two"]}', "Add a thing\n\n- one\n- two"],
    ['```json\n{ "message": "Add a thing" }\n```', "Add a thing"],
    ["{a} is read again", "{a} is read again"],
    ["以下のコミットメッセージを提案します。\n\nバグを修正", "バグを修正"],
    ["コミットの失敗を修正した。", "コミットの失敗を修正した。"],
    ["Add a thing\n\n(Note: this message is short.)", "Add a thing"],
    ["Add a thing\n\nNote: callers must await it.", "Add a thing\n\nNote: callers must await it."],
    // What only reads like words around a message is the message's.
    ["Ok button gets a colour:\n\n- red", "Ok button gets a colour:\n\n- red"],
    ["The following fields are optional:\n\n- a", "The following fields are optional:\n\n- a"],
    ["Show it\n\nThis message is shown at night.", "Show it\n\nThis message is shown at night."],
    ["Parse it\n\nThe message follows the header.", "Parse it\n\nThe message follows the header."],
    ["Fix it\n\nI used a lock for both.", "Fix it\n\nI used a lock for both."],
    ["<message> tags are parsed", "<message> tags are parsed"],
    ["Fix it\n\nThe commit message now has:\n\n- one", "Fix it\n\nThe commit message now has:\n\n- one"],
    ["コミットメッセージの表示を修正しました。", "コミットメッセージの表示を修正しました。"],
    // Forms.
    ["```Add a thing```\n\n- one", "Add a thing\n\n- one"],
    ["```\nAdd a thing\n\n- one```", "Add a thing\n\n- one"],
    ["Add a thing\n</commit_message>", "Add a thing"],
    ["**Subject**: Add a thing\n**Body**:\n- one", "Add a thing\n\n- one"],
    ["Commit title: Add a thing\n\nCommit body:\n- one", "Add a thing\n\n- one"],
    ["**Subject:**\n```\nAdd a thing\n```\n\n**Body:**\n```\n- one\n```", "Add a thing\n\n- one"],
    ['Here is it:\n\n```json\n{"subject": "Add a thing"}\n```', "Add a thing"],
    ['git add .\ngit commit -am "Add a \\"thing\\"" -m "One." -m "Two."', 'Add a "thing"\n\nOne.\n\nTwo.'],
    ["git commit -m \"$(cat <<'EOF'\nAdd a thing\n\n- one\nEOF\n)\"", "Add a thing\n\n- one"],
    ["It adds a thing.\n\nThe commit message is:\n\nAdd a thing", "Add a thing"],
    ["It adds a thing.\nSo the commit message would be:\n```\nAdd a thing\n```", "Add a thing"],
    ["Add a thing\n\nWould you like me to change it?", "Add a thing"],
    ["", ""],
    ["```\n```", ""],
  ];
  const PREAMBLES = [
    "Sure!\n\nHere is the commit message:",
    "Based on the provided diff, here's a commit message:",
    "I suggest this commit message:",
    "**Commit Message**",
    "Hier ist die Commit-Nachricht:",
    "Voici le message de commit :",
    "Aquí está el mensaje de commit:",
    "Ecco il messaggio di commit:",
    "Este es el mensaje de commit:",
    "Das ist die Commit-Nachricht:",
    "コミットメッセージは以下の通りです：",
    "コミットメッセージの提案です。",
    "¡Claro! Aquí tienes un mensaje de commit:",
    "# Commit",
    "Option 1:",
    "Got it! Here's your commit message:",
    "After reviewing the changes, here is a commit message:",
    "Generated commit message:",
    "Vorgeschlagene Commit-Nachricht:",
    "Für diese Änderungen passt folgende Commit-Nachricht:",
    "**Message de commit suggéré :**",
    "À partir des modifications, voici le message de commit :",
    "Para estos cambios, un buen mensaje de commit sería:",
    "Propuesta de mensaje:",
    "Basandomi sulle modifiche, ecco il messaggio:",
    "はい、コミットメッセージはこちらです。",
    "**コミットメッセージ案：**",
  ];
  cases.push(["Add a thing<|im_end|>", "Add a thing"]);
  for (const preamble of PREAMBLES)
    for (const message of ["Add a thing\n\n- one", "```\nAdd a thing\n\n- one\n```\n\nIt is short."])
      cases.push([`${preamble}\n\n${message}`, "Add a thing\n\n- one"]);
  for (const [answer, message] of cases) {
    it(JSON.stringify(answer), () => assert.equal(parseMessage(answer, false), message));
  }

  it("ends with its last whole line when it was cut off", () => {
    assert.equal(parseMessage("Add a thing\n\nBecause it", true), "Add a thing");
    assert.equal(parseMessage("Add a th", true), "");
  });

  it("is never cut inside a grapheme", () => {
    for (const character of ["😀", "👨‍👩‍👧", "é", "🇩🇪"]) {
      const message = parseMessage(`x${character.repeat(100)}`, false);
      assert.deepEqual(message.split("\n\n").join(""), `x${character.repeat(100)}`);
      assert.ok(message.split("\n")[0]!.length <= 72);
      for (const line of message.split("\n\n")) assert.match(line, new RegExp(`^x?(?:${character})+$`, "u"));
    }
  });

  it("has a first line of limited length, and loses no words", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 60 }), (words) => {
        const message = parseMessage(words.join(" "), false);
        assert.ok(message.split("\n")[0]!.length <= 72);
        assert.deepEqual(message.split(/\s+/), words);
      }),
    );
  });
});

describe("features: commit messages", () => {
  const ask = (diff: string, recent: string[] = [], events = says("Add a thing")) => {
    const { deps, responded } = world(documentsOf(), events);
    const result = commitMessage({ diff, recent }, deps, signal, () => {});
    return { result, responded };
  };

  it("sends the recent messages and the diff, the request last; does not think", async () => {
    const { result, responded } = ask(diffOf("a.ts", ["-a", "+```"]), ["Fix it\n\nTruly.", "", "One"]);
    assert.equal((await result).message, "Add a thing");
    const [{ messages, thinking }] = responded as [(typeof responded)[0]];
    assert.equal(
      messages[1]!.content,
      `Recent commit messages:\n\`\`\`\nFix it\n\nTruly.\n\`\`\`\n\`\`\`\nOne\n\`\`\`\n\nChanges in a.ts:\n\`\`\`\`diff\n@@ -1,2 +1,2 @@ f()\n-a\n+\`\`\`\n\`\`\`\`\n\n${COMMIT_REQUEST}`,
    );
    assert.deepEqual(thinking, { mode: "off" });
  });

  it("cuts a diff that is too long, file by file, and says what is missing", async () => {
    const long = Array.from({ length: 300 }, (_, i) => `+line number ${i}`);
    const { result, responded } = ask(diffOf("long.ts", long) + diffOf("short.ts", ["+short"]));
    await result;
    const { content } = responded[0]!.messages[1]!;
    assert.match(content, /Changes in long\.ts:[\s\S]*\[… \d+ lines cut …\]/);
    assert.match(content, /Changes in short\.ts:\n```diff\n.*\n\+short\n```/);
    const [tokens] = await countTokens([content]);
    assert.ok(tokens! <= 600 + 120, `${tokens}`);
  });

  it("names the files that have no room at all", async () => {
    const many = Array.from({ length: 200 }, (_, i) => diffOf(`file${i}.ts`, ["+a line of some length"])).join("");
    const { result, responded } = ask(many);
    await result;
    assert.match(responded[0]!.messages[1]!.content, /Changed as well, but not shown: file\d+\.ts, .*, and \d+ more\./);
  });

  it("takes a message that a stray end of a thought makes a thought", async () => {
    const thought: ReplyEvent[] = [{ type: "thought", text: "Add a thing", tokens: 3 }, END];
    assert.equal((await ask("x", [], thought).result).message, "Add a thing");
  });

  it("throws for a reply that is not a message", async () => {
    await assert.rejects(ask("x", [], says(" \n")).result, { code: "notCode" });
    await assert.rejects(ask("x", [], says("Add a th", CUT)).result, { code: "truncated" });
  });
});
