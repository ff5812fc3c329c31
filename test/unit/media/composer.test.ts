import assert from "node:assert/strict";
import { droppedUris } from "../../../media/composer/droppedUris.ts";
import { mentionAt, withoutMention } from "../../../media/composer/mentionQuery.ts";
import { languageNamed } from "../../../media/highlight/languages.ts";
import { loadingText } from "../../../media/model/loading.ts";
import { compact, seconds, speed, thinkText, tokens } from "../../../media/page/format.ts";

describe("a mention", () => {
  it("is what is typed after an @ that begins a word", () => {
    assert.deepEqual(mentionAt("see @src/cl and", 11), { start: 4, end: 11, query: "src/cl" });
    assert.deepEqual(mentionAt("@", 1), { start: 0, end: 1, query: "" });
    for (const text of ["a@b", "see @src ", "none", `@${"x".repeat(100)}`])
      assert.equal(mentionAt(text, text.length), undefined);
  });

  it("leaves no gap when it is taken out", () => {
    assert.equal(withoutMention("see @cl now", { start: 4, end: 7, query: "cl" }), "see now");
    assert.equal(withoutMention("@cl", { start: 0, end: 3, query: "cl" }), "");
    assert.equal(withoutMention("a @cl.", { start: 2, end: 5, query: "cl" }), "a .");
  });
});

describe("a drop", () => {
  it("is a list of URIs with comments", () => {
    assert.deepEqual(droppedUris("# x\r\nfile:///a\r\n\r\nfile:///b\nfile:///a"), ["file:///a", "file:///b"]);
    assert.deepEqual(droppedUris(""), []);
  });
});

describe("numbers", () => {
  it("are abbreviated when they are large", () => {
    assert.deepEqual([0, 812, 1024, 1228, 3174, 49152, 131072].map(compact), [
      "0",
      "812",
      "1K",
      "1.2K",
      "3.1K",
      "48K",
      "128K",
    ]);
    assert.deepEqual((["off", "512", "4096", "unlimited"] as const).map(thinkText), [
      "Think off",
      "Think 512",
      "Think 4K",
      "Think unlimited",
    ]);
  });

  it("have units", () => {
    assert.equal(tokens(1), "1 token");
    assert.equal(tokens(2914), "2,914 tokens");
    assert.equal(seconds(3120), "3.1 s");
    assert.deepEqual([speed(41.3), speed(4.13)], ["41", "4.1"]);
    assert.equal(loadingText({ type: "loading", name: "x", progress: 0.431, backend: "CUDA" }), "43 % · CUDA");
    assert.equal(loadingText({ type: "starting", name: "x" }), "Starting…");
  });
});

describe("languages", () => {
  it("have aliases, whatever their case", () => {
    assert.deepEqual(["TS", "c++", "Bash", "dockerfile", "py"].map(languageNamed), [
      ...["typescript", "cpp", "shellscript", "docker", "python"],
    ]);
  });

  it("are not found by the names of an object's inherited properties", () => {
    assert.deepEqual(["constructor", "__proto__", "", "brainfuck"].map(languageNamed), Array(4).fill(undefined));
  });
});
