import assert from "node:assert/strict";
import { closeOpenMarkup, withoutUndecided } from "../../../media/markdown/mend.ts";
import { createParser } from "../../../media/markdown/parser.ts";
import { formulaAt, openFormula, texOf } from "../../../media/math/delimiters.ts";

const parser = createParser();
const html = (text: string) => parser.render(text).trim();
const formulas = (text: string) => [...html(text).matchAll(/class="math[^"]*">([^<]*)/g)].map(([, tex]) => tex!.trim());

describe("formulas in Markdown", () => {
  it("are found by the delimiters that models use", () => {
    for (const text of [
      "\\(a_i*b*c\\)",
      "\\[x\\]",
      "$x$",
      "$$x$$",
      "$\\$5$",
      "$x_1, x_2$",
      "$5x$",
      "$5$",
      "\\boxed{a{b}c}",
    ])
      assert.deepEqual(formulas(`So ${text}.`), [text], text);
    for (const text of ["$$\nx\n= y\n- z\n$$", "\\[\nx\n\\]", "\\begin{align*}\na &= b\n\\end{align*}", "  $$x$$"])
      assert.deepEqual(formulas(`So:\n${text}\n\nEnd`), [text.trim().replaceAll("&", "&amp;")], text);
    assert.deepEqual(formulas("- $$\n  x\n  $$\n- > \\[ y \\]"), ["$$\nx\n$$", "\\[ y \\]"]);
    assert.deepEqual(formulas("Hence $$\nx\n$$\nand"), ["$$\nx\n$$"]);
  });

  it("are not money, variables, patterns, code, or escaped", () => {
    for (const text of [
      "It costs $5 and $10.",
      "$5, $10 or $20",
      "$5-$10",
      "between $5 and 10$",
      "US$5 and CA$10",
      "**$5** to **$10**",
      "$1.50/month vs. $2/month",
      "$HOME/$USER and $PATH:$PWD",
      "`$x$` and `\\(x\\)`",
      "^a$ and ^b$",
      "\\$x\\$",
      "\\\\(x\\\\)",
      "$ x $",
      "'$', '$'",
    ])
      assert.deepEqual(formulas(text), [], text);
    assert.deepEqual(formulas("```\n$$\nx\n$$\n```\n\n    $x$"), []);
  });

  it("have no blank line in them", () => {
    assert.deepEqual(formulas("$$\nx\n\ny\n$$").includes("$$\nx"), false);
    assert.deepEqual(formulas("$$\nx"), ["$$\nx"], "and may still be open at the end");
  });

  it("give their TeX without delimiters", () => {
    assert.equal(texOf("$$\nx\n$$"), "x");
    assert.equal(texOf("\\[ x"), "x");
    assert.equal(texOf("\\boxed{x}"), "\\boxed{x}");
    assert.equal(formulaAt("a $x$", 2)?.tex, "x");
  });

  it("are held back until they are whole", () => {
    const cases: Record<string, string> = {
      "So $x^": "So ",
      "So \\(x": "So ",
      "So \\boxed{\\frac": "So ",
      "So \\box": "So ",
      "**So $x^**": "**So**",
      "So\n\n$$\nx": "So\n\n\n$$\\cdots$$",
      "So \\[ x": "So \n$$\\cdots$$",
      "It costs $5 and": "It costs $5 and",
      "Set $HOME to the": "Set $HOME to the",
      "`$x": "`$x`",
      "$a ** b$ **c": "$a ** b$ **c**",
    };
    for (const [open, shown] of Object.entries(cases)) assert.equal(closeOpenMarkup(open), shown, open);
    assert.equal(openFormula("$x$ and \\(y\\)"), undefined);
    for (const line of ["$", "$$", "\\", "\\["]) assert.equal(withoutUndecided(`a\n${line}`), "a\n", line);
  });
});
