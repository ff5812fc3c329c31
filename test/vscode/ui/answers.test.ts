/** Answers in the real workbench: formulas, files, Continue, versions, queued questions, find, the editor tab. */
import assert from "node:assert/strict";
import { type ScriptedReply, writeScript } from "../host/scripted.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

const INTEGRAL = "\\[\n\\int_0^1 x^2\\,dx = \\frac{1}{3}\n\\]\n\nSee cart.ts:9 and gone.ts:1.";

/** @param holds the piece before which the answer waits. */
const script = (holds?: string): ScriptedReply[] => [
  { match: "Continue it exactly", answer: "and here it ends." },
  { match: "integral", answer: INTEGRAL },
  { match: "short", answer: "It begins", stopReason: "length" },
  { match: "held", answer: "one two three", ...(holds && { holds }) },
  { match: "later", answer: "It was asked later." },
];

describe("an answer in the workbench", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  before(async () => {
    workbench = await openWorkbench({
      file: "cart.ts",
      script: script("two"),
    });
    chat = new ChatPanel(workbench);
    await chat.open();
  });
  after(() => workbench?.stop());

  it("shows an integral, and links to a file that exists", async () => {
    await chat.ask("What is the integral?");
    await chat.answer.locator(".math .katex-display .katex-html").waitFor();
    const place = chat.answer.locator(".name.text");
    await place.waitFor();
    assert.equal(await textOf(place), "cart.ts:9");
    await workbench.shot("answer-integral");
    await place.click();
    await workbench.editor("cart.ts").and(workbench.page.locator(".focused")).waitFor();
    await workbench.page.locator(".statusbar", { hasText: "Ln 9, Col 1" }).waitFor();
  });

  it("that was cut off continues, and keeps its versions", async () => {
    await chat.ask("A short one");
    await chat.last.getByText("The answer reached its length limit.").waitFor();
    await chat.button("Continue").click();
    await chat.answered("It beginsand here it ends.");
    await chat.button("Regenerate").click();
    await chat.frame.getByRole("menuitem", { name: "Try Again" }).click();
    await chat.last.locator(".versions", { hasText: "2 of 2" }).waitFor();
    await chat.button("Previous Version").click();
    await chat.answered("It beginsand here it ends.");
  });

  it("delays the next question until it is over", async () => {
    await chat.ask("A held one");
    await chat.input.fill("And later?");
    await chat.input.press("Enter");
    await chat.frame.locator(".queued", { hasText: "And later?" }).waitFor();
    await workbench.shot("answer-queued");
    writeScript(workbench.server.directory, script());
    await chat.answered("It was asked later.");
    assert.equal(await chat.frame.locator(".queued").count(), 0);
  });

  it("is found with Ctrl+F in the panel, and shown in an editor tab", async () => {
    await chat.input.click();
    await chat.cursor();
    await workbench.page.keyboard.press("Control+f");
    const find = chat.frame.getByLabel("Find in Chat");
    await find.fill("asked later");
    await chat.frame.getByRole("status").filter({ hasText: "1 of 1" }).waitFor();
    await find.press("Escape");
    await workbench.runCommand("Nemotron: Open Chat in Editor");
    await workbench.page.locator(".tab", { hasText: "What is the integral?" }).waitFor();
    await workbench.shot("answer-tab");
  });
});
