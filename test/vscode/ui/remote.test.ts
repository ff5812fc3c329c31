/** A remote engine answers like the local one. Nothing is sent to another host before the user allows it. */
import assert from "node:assert/strict";
import { FakeEndpoint, finish, reasoning, sse, text, usage } from "../../support/fakeEndpoint.ts";
import { ChatPanel, textOf } from "./chatPanel.ts";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

/** This machine at an address that is not a loopback address: connecting to it works on Linux and macOS. */
const ELSEWHERE = "0.0.0.0";

async function talkative(): Promise<FakeEndpoint> {
  const endpoint = await FakeEndpoint.start();
  endpoint.chat = ({ response }) =>
    sse(response, [
      reasoning("The user greets."),
      text("Hello from "),
      text("afar."),
      finish("stop"),
      usage(40, 9, 32),
    ]);
  return endpoint;
}

describe("a remote engine on this machine", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  let endpoint: FakeEndpoint;
  let other: FakeEndpoint;
  before(async () => {
    [endpoint, other] = [await talkative(), await talkative()];
    workbench = await openWorkbench({
      settings: { "nemotron.model": "", "nemotron.remote.baseUrl": endpoint.baseUrl },
      files: { ".vscode/settings.json": JSON.stringify({ "nemotron.remote.baseUrl": other.baseUrl }) },
    });
    chat = new ChatPanel(workbench);
  });
  after(async () => {
    await leaveWorkbench(workbench);
    await endpoint.stop();
    await other.stop();
  });

  it("answers without a model file, and without asking for permission", async () => {
    await chat.open();
    await chat.frame.locator(".welcome", { hasText: `127.0.0.1:${endpoint.port}` }).waitFor();
    await workbench.shot("remote-asleep");
    await chat.ask("Hello");
    await chat.answered("Hello from afar.");
    await chat.last.locator(".thought", { hasText: "Thought" }).waitFor();
    assert.equal(await chat.frame.locator(".destination").count(), 0);
    await workbench.shot("remote-loopback");
  });

  it("appears in the status bar", async () => {
    await workbench.statusItem.filter({ hasText: "Nemotron 1K" }).waitFor();
    const label = (await workbench.statusItem.locator("a").getAttribute("aria-label")) ?? "";
    assert.match(label, new RegExp(`some-model at 127\\.0\\.0\\.1:${endpoint.port}`));
    assert.doesNotMatch(label, /Memory|is sent to/);
  });

  it("is not chosen by the folder that is open", () => assert.equal(other.asked.length, 0));

  it("keeps the received part of a reply when the connection breaks", async () => {
    endpoint.chat = async ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(text("Half an answer"))}\n\n`, () => response.destroy());
    };
    await chat.ask("And then?");
    await chat.last.locator(".problem.interrupted").waitFor();
    assert.match(await textOf(chat.answer), /Half an answer/);
    await workbench.shot("remote-broken");
  });
});

describe("a remote engine on another machine", () => {
  let workbench: Workbench;
  let chat: ChatPanel;
  let endpoint: FakeEndpoint;
  let host: string;
  before(async () => {
    endpoint = await talkative();
    host = `${ELSEWHERE}:${endpoint.port}`;
    workbench = await openWorkbench({
      theme: "light",
      file: "cart.ts",
      settings: { "nemotron.remote.baseUrl": `http://${host}/v1` },
    });
    chat = new ChatPanel(workbench);
  });
  after(async () => {
    await workbench?.stop();
    await endpoint.stop();
  });

  const dialog = () => workbench.page.locator(".monaco-dialog-box", { hasText: `Send your code to ${host}?` });
  const answer = (name: string) => dialog().getByRole("button", { name }).click();

  it("is shown before anything is sent: in the status bar, and above the composer", async () => {
    await workbench.statusItem.filter({ hasText: host }).waitFor();
    // The question whether code may be sent takes the focus soon.
    await workbench.page.keyboard.press("Control+Alt+m");
    await chat.frame.locator(".destination", { hasText: `Your code is sent to ${host}.` }).waitFor();
    await chat.frame.locator(".destination", { hasText: "not encrypted" }).waitFor();
  });

  it("gets nothing until the user allows it, and nothing if the user declines", async () => {
    await chat.input.fill("Hello");
    await dialog().waitFor();
    await workbench.shot("remote-confirmation");
    assert.match(await textOf(dialog()), /leave this machine.*not encrypted/s);
    assert.equal(endpoint.asked.length, 0);
    await answer("Cancel");
    await dialog().waitFor({ state: "hidden" });
    await chat.input.press("Enter");
    await dialog().waitFor();
    await answer("Cancel");
    await chat.last.locator(".problem", { hasText: "Nothing was sent" }).waitFor();
    await workbench.shot("remote-refused");
    assert.equal(endpoint.asked.length, 0);
  });

  it("answers once it is allowed, and does not ask again", async () => {
    await chat.last.getByRole("button", { name: "Retry" }).click();
    await dialog().waitFor();
    await answer("Send to This Host");
    await chat.answered("Hello from afar.");
    assert.ok(endpoint.requests.length > 0);
    const label = (await workbench.statusItem.locator("a").getAttribute("aria-label")) ?? "";
    assert.match(label, new RegExp(`Your code is sent to ${host}`));
    await workbench.shot("remote-elsewhere");
    await workbench.reload();
    await chat.open();
    await chat.ask("Hello again");
    await chat.answered("Hello from afar.");
    assert.equal(await dialog().count(), 0);
  });

  it("is shown in a narrow panel, and in the status bar's tooltip", async () => {
    await workbench.widen(300);
    await workbench.tooltip("Your code is sent to");
    await workbench.shot("remote-narrow");
    await workbench.page.mouse.move(10, 10);
  });

  it("is replaced by the local engine in one step", async () => {
    const before = endpoint.asked.length;
    await workbench.runCommand("Nemotron: Use Local Engine");
    await workbench.statusItem.filter({ hasText: "Nemotron 1K" }).waitFor();
    await workbench.until(async () => !(await textOf(workbench.statusItem)).includes(host), "the host is gone");
    await chat.frame.locator(".destination").waitFor({ state: "detached" });
    await chat.ask("Hello");
    await chat.answered("tiny test model");
    assert.equal(endpoint.asked.length, before);
    await workbench.shot("remote-local-again");
  });

  it("is connected by a command, with a key that is not in the settings", async () => {
    const input = workbench.page.locator(".quick-input-widget input");
    await workbench.runCommand("Nemotron: Connect to a Remote Engine…");
    await workbench.page.locator(".quick-input-widget", { hasText: "(1/3)" }).waitFor();
    await input.fill(`http://127.0.0.1:${endpoint.port}/v1`);
    await workbench.shot("remote-connect");
    await input.press("Enter");
    await workbench.page.locator(".quick-input-widget", { hasText: "(2/3)" }).waitFor();
    await input.press("Enter");
    await workbench.page.locator(".quick-input-widget", { hasText: "(3/3)" }).waitFor();
    await input.fill("sk-of-the-test");
    await input.press("Enter");
    await workbench.page.locator(".notification-toast", { hasText: "some-model is loaded at 127.0.0.1" }).waitFor();
    assert.equal(endpoint.asked.at(-1)?.headers.authorization, "Bearer sk-of-the-test");
    await chat.ask("Hello");
    await chat.answered("Hello from afar.");
    assert.equal(endpoint.asked.at(-1)?.headers.authorization, "Bearer sk-of-the-test");
    await workbench.runCommand("Nemotron: Set Remote Engine Key…");
    await workbench.page.locator(".quick-input-widget", { hasText: "Key of 127.0.0.1" }).waitFor();
    await input.fill("");
    const before = endpoint.asked.length;
    await input.press("Enter");
    const listed = () => endpoint.asked.slice(before).find(({ path }) => path === "/v1/models");
    await workbench.until(async () => listed() !== undefined, "it is connected to again");
    assert.equal(listed()?.headers.authorization, undefined);
  });
});
