import assert from "node:assert/strict";
import fc from "fast-check";
import { languageOf } from "../../../media/highlight/languages.ts";
import { closesFence, mayCloseFence, openingFence } from "../../../media/markdown/fence.ts";
import { closeOpenMarkup, withoutUndecided } from "../../../media/markdown/mend.ts";
import { createParser, isSafeHref } from "../../../media/markdown/parser.ts";

const parser = createParser();
const html = (text: string) => parser.render(text).trim();

describe("Markdown", () => {
  it("keeps HTML as text", () => {
    assert.equal(html("<u>x</u>"), "<p>&lt;u&gt;x&lt;/u&gt;</p>");
  });

  it("links only to the web and to mail", () => {
    for (const href of ["https://a.b", "HTTP://a.b", "mailto:a@b.c"]) assert.ok(isSafeHref(href), href);
    for (const href of [
      "javascript:x",
      "data:x",
      "vbscript:x",
      "file:///x",
      "//x",
      "x",
      "#x",
      "command:x",
      " https://a",
    ])
      assert.ok(!isSafeHref(href), href);
    assert.equal(html("[a](javascript:x)"), "<p>[a](javascript:x)</p>");
  });

  it("links whole addresses, not names of files", () => {
    assert.match(html("https://a.example"), /<a href/);
    assert.doesNotMatch(html("main.py, lib.rs, www.example.com, a@b.example"), /<a/);
  });

  it("shows images as links, and as text within a link", () => {
    assert.equal(html("![alt](https://a.b/i.png)"), '<p><a href="https://a.b/i.png">alt</a></p>');
    assert.equal(html("[![alt](https://a.b/i.png)](https://c.d)"), '<p><a href="https://c.d">alt</a></p>');
  });

  it("marks tight lists by a class", () => {
    assert.match(html("- a\n- b"), /<ul class="tight">\s*<li>\s*<p>a<\/p>/);
    for (const loose of ["- a\n\n- b", "- a\n\n  b\n- c"]) assert.doesNotMatch(html(loose), /tight/, loose);
    assert.match(html("- a\n  - b\n\n    c\n- d"), /^<ul class="tight">/);
  });

  it("names the language of a fence by its first word", () => {
    assert.equal(languageOf(' ts title="a.ts" '), "ts");
    assert.equal(languageOf(""), "");
  });
});

describe("a fence that is open", () => {
  it("is opened and closed as CommonMark defines it", () => {
    assert.deepEqual(openingFence("```ts x"), { mark: "```", info: "ts x" });
    for (const line of ["``", "```a`b", " ```", "```a|b"]) assert.equal(openingFence(line), undefined, line);
    const fence = { mark: "````", info: "" };
    for (const line of ["````", "  `````  ", "````\t"]) assert.ok(closesFence(line, fence), line);
    for (const line of ["```", "    ````", "````x", "~~~~"]) assert.ok(!closesFence(line, fence), line);
  });

  it("knows what may still close it", () => {
    for (const line of ["", " ", "`", "````"]) assert.ok(mayCloseFence(line, { mark: "```", info: "" }), line);
    for (const line of ["x", "`x", "~"]) assert.ok(!mayCloseFence(line, { mark: "```", info: "" }), line);
  });
});

describe("Markdown that is being written", () => {
  it("hides a last line that is still ambiguous", () => {
    for (const line of ["-", "1.", "1", "#", "```", "```ty", "|", "--", "=", "> "])
      assert.equal(withoutUndecided(`a\n${line}`), "a\n");
    for (const line of ["- a", "1. a", "# a", "text", "| a"])
      assert.equal(withoutUndecided(`a\n${line}`), `a\n${line}`);
  });

  it("closes what is open", () => {
    const cases: Record<string, string> = {
      "a **b": "a **b**",
      "a **b ": "a **b**",
      "a **b*": "a **b**",
      "a **": "a ",
      "a `b": "a `b`",
      "a `": "a ",
      "a ``b ` c": "a ``b ` c``",
      "a [b](https://exa": "a b",
      "**a** `b` [c](d)": "**a** `b` [c](d)",
      "`**`": "`**`",
    };
    for (const [open, closed] of Object.entries(cases)) assert.equal(closeOpenMarkup(open), closed);
  });

  it("changes nothing in code, and only the end elsewhere", () => {
    assert.equal(closeOpenMarkup("```\n**a"), "```\n**a");
    const word = fc.constantFrom("a", " ", "*", "**", "`", "``", "[", "](", ")", "\\", "\n", "\n\n");
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join("");
        let same = 0;
        while (same < text.length && closeOpenMarkup(text)[same] === text[same]) same++;
        assert.ok(same >= text.lastIndexOf("\n\n"), JSON.stringify(text));
      }),
    );
  });
});
