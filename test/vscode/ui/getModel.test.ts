/** From no model to the first answer with one click: the test's own hub serves the toy as the recommended model. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CATALOGUE } from "../../../server/models/catalogue.ts";
import { TOY } from "../../support/client.ts";
import { dropAfter, LocalHub, webPage } from "../../support/hub.ts";
import type { Theme } from "../host/settings.ts";
import { EXTENSION_ID } from "../host/vsix.ts";
import { ChatPanel } from "./chatPanel.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

class Newcomer {
  readonly hub: LocalHub;
  readonly workbench: Workbench;
  readonly chat: ChatPanel;

  private constructor(hub: LocalHub, workbench: Workbench) {
    this.hub = hub;
    this.workbench = workbench;
    this.chat = new ChatPanel(workbench);
  }

  /** Opens an empty profile with a mirror. */
  static async open(theme: Theme): Promise<Newcomer> {
    const hub = await LocalHub.start(readFileSync(TOY));
    hub.files = CATALOGUE.map(({ file }) => file);
    const settings = { "nemotron.model": "", "nemotron.download.mirror": hub.address };
    return new Newcomer(hub, await openWorkbench({ theme, settings, sha256: hub.sha256 }));
  }

  async stop(): Promise<void> {
    await this.workbench.stop();
    await this.hub.stop();
  }

  get dialog() {
    return this.workbench.page.locator(".monaco-dialog-box");
  }
  get list() {
    return this.workbench.page.locator(".quick-input-list");
  }
  toast(hasText: string | RegExp) {
    return this.workbench.page.locator(".notification-toast", { hasText });
  }
  /** The files in the models folder. */
  get files(): string[] {
    const folder = this.folder;
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }
  get folder(): string {
    return path.join(this.workbench.server.directory, "data/User/globalStorage", EXTENSION_ID, "models");
  }
}

describe("getting a model", () => {
  let newcomer: Newcomer;
  before(async () => {
    newcomer = await Newcomer.open("dark");
  });
  after(() => newcomer?.stop());

  it("downloads nothing by itself, and says how the recommended model fits this machine", async () => {
    const { workbench, chat, hub } = newcomer;
    await chat.open();
    await newcomer.chat.getModel.waitFor();
    await chat.frame.getByText("On this machine: on the CPU").waitFor();
    await workbench.shot("get-model-offer");
    assert.deepEqual([hub.requests, newcomer.files], [[], []]);
  });

  it("downloads nothing before the license is accepted", async () => {
    const { workbench, hub } = newcomer;
    await newcomer.chat.getModel.click();
    await newcomer.dialog.getByText("Open Model License").first().waitFor();
    await workbench.shot("get-model-license");
    await newcomer.dialog.getByRole("button", { name: "Cancel" }).click();
    await newcomer.chat.getModel.waitFor();
    assert.deepEqual([hub.requests, newcomer.files], [[], []]);
  });

  it("takes one click to the first answer, over a connection that breaks twice", async () => {
    const { workbench, chat, hub } = newcomer;
    hub.faults.push(dropAfter(900_000), dropAfter(900_000));
    hub.speed = 300_000;
    await newcomer.chat.getModel.click();
    await newcomer.dialog.getByRole("button", { name: "Accept and Download" }).click();
    await chat.frame.getByText("Downloading the model").waitFor();
    await chat.frame.getByText(/MB of 2\.7 MB · .+\/s · .+ left/).waitFor();
    await workbench.statusItem.filter({ hasText: /Nemotron \d+ %/ }).waitFor();
    await newcomer.toast(/MB of 2\.7 MB/).waitFor();
    await workbench.shot("get-model-progress");
    hub.speed = Number.POSITIVE_INFINITY;
    await chat.frame.locator(".welcome .examples").waitFor();
    await newcomer.toast("is loaded on the CPU").waitFor();
    assert.equal(hub.requests.length, 3);
    assert.ok(hub.requests.slice(1).every(({ range }) => range !== undefined));
    const [model, note, ...rest] = newcomer.files;
    assert.deepEqual([`${model}.json`, rest], [note, []]);
    assert.ok(readFileSync(path.join(newcomer.folder, model!)).equals(hub.bytes));
    await chat.ask("Hello");
    await chat.answered("tiny test model");
    await workbench.shot("get-model-answer");
  });

  it("shows in the list which model is in use, and removes a deleted one from the settings", async () => {
    const { workbench, chat } = newcomer;
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.runCommand("Nemotron: Choose Model…");
    const row = newcomer.list.getByRole("option", { name: /in use/ });
    await row.waitFor();
    await workbench.shot("get-model-list");
    await row.hover();
    await row.getByRole("button", { name: "Delete" }).click();
    await newcomer.dialog.getByText("Delete").first().waitFor();
    await workbench.shot("get-model-delete");
    await newcomer.dialog.getByRole("button", { name: "Delete" }).click();
    await newcomer.list.getByText("recommended").waitFor();
    await workbench.page.keyboard.press("Escape");
    assert.deepEqual(newcomer.files, []);
    await workbench.statusItem.filter({ hasText: "choose a model" }).waitFor();
    await chat.open();
    await workbench.runCommand("Nemotron: New Chat");
    await newcomer.chat.getModel.waitFor();
  });
});

describe("a download that fails or is cancelled", () => {
  let newcomer: Newcomer;
  before(async () => {
    newcomer = await Newcomer.open("light");
  });
  after(() => newcomer?.stop());

  it("says why, and what to do", async () => {
    const { workbench, chat, hub } = newcomer;
    await chat.open();
    await workbench.widen(300);
    hub.faults.push(webPage());
    await newcomer.chat.getModel.click();
    await newcomer.dialog.getByRole("button", { name: "Accept and Download" }).click();
    await newcomer.toast("perhaps a web page").waitFor();
    await workbench.shot("get-model-refused");
    await workbench.runCommand("Notifications: Clear All Notifications");
  });

  it("is cancelled, and resumes later where it stopped, without asking for the license again", async () => {
    const { workbench, chat, hub } = newcomer;
    hub.speed = 500_000;
    await newcomer.chat.getModel.click();
    await chat.frame.getByText(/1\.\d MB of 2\.7 MB · /).waitFor();
    // Slow enough for the picture.
    hub.speed = 1000;
    await workbench.shot("get-model-progress-narrow");
    await chat.button("Cancel").click();
    const resume = chat.button(/^Resume .+ · 1\.\d MB of/);
    await resume.waitFor();
    await workbench.shot("get-model-interrupted");
    assert.ok(newcomer.files.some((name) => name.endsWith(".part")));
    hub.speed = Number.POSITIVE_INFINITY;
    await resume.click();
    await chat.frame.locator(".welcome .examples").waitFor();
    assert.match(hub.requests.at(-1)!.range!, /^bytes=\d{7}-$/);
  });

  it("needs no network once the file is there", async () => {
    const { workbench, chat, hub } = newcomer;
    await hub.stop();
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.runCommand("Nemotron: Unload Model");
    await workbench.statusItem.filter({ hasText: "not loaded" }).waitFor();
    await workbench.runCommand("Nemotron: Get the Recommended Model…");
    await newcomer.toast("is loaded").first().waitFor();
    await chat.ask("Hello");
    await chat.answered("tiny test model");
  });

  it("keeps the access token to itself", async () => {
    const { workbench } = newcomer;
    await workbench.runCommand("Nemotron: Set Hugging Face Access Token…");
    const input = workbench.page.locator(".quick-input-widget input");
    await workbench.page.getByText("Leave empty to remove the token.").waitFor();
    assert.equal(await input.getAttribute("type"), "password");
    await input.fill("hf_not_a_token");
    await workbench.shot("get-model-token");
    await input.press("Enter");
    await input.waitFor({ state: "hidden" });
  });
});
