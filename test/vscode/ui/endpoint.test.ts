/** The endpoint for other programs: a command starts it, the status bar shows it, a program uses it. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { leaveWorkbench, openWorkbench, type Workbench } from "./fixture.ts";

/** A port that is free at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("the OpenAI endpoint of the window", () => {
  let workbench: Workbench;
  let port: number;
  let openai: OpenAI;
  before(async () => {
    port = await freePort();
    openai = new OpenAI({ baseURL: `http://localhost:${port}/v1`, apiKey: "local", maxRetries: 0 });
    workbench = await openWorkbench({ settings: { "nemotron.endpoint.port": port } });
  });
  after(() => leaveWorkbench(workbench));

  const ping = async () => {
    const { choices } = await openai.chat.completions.create({
      model: "nvidia/NVIDIA-Nemotron-Nano-9B-v2",
      messages: [{ role: "user", content: "ping" }],
    });
    return choices[0]?.message.content;
  };
  const item = () => workbench.statusItem.filter({ hasText: String(port) });
  const toast = (text: string) => workbench.page.locator(".notification-toast", { hasText: text });

  it("is off until the user starts it", async () => {
    await workbench.statusItem.filter({ hasText: "Nemotron" }).waitFor();
    assert.equal(await item().count(), 0);
    await assert.rejects(ping(), OpenAI.APIConnectionError);
  });

  it("loads the model at its start, and answers other programs", async () => {
    await workbench.runCommand("Nemotron: Start OpenAI Endpoint");
    await toast("can now use the model").waitFor();
    await item().waitFor();
    assert.equal(await ping(), "pong");
    await workbench.shot("endpoint-started");
  });

  it("shows its URL in the status bar's tooltip, with a link to copy it", async () => {
    const tooltip = await workbench.tooltip(`OpenAI endpoint: http://localhost:${port}/v1`);
    await workbench.shot("endpoint-tooltip");
    await tooltip.getByText("Copy URL").click();
    await workbench.until(
      async () => (await workbench.clipboard()) === `http://localhost:${port}/v1`,
      "the address is copied",
    );
  });

  it("comes back when the language server restarts", async () => {
    await workbench.runCommand("Nemotron: Restart Server");
    await item().waitFor({ state: "hidden" });
    await item().waitFor();
    const answers = () =>
      ping().then(
        (text) => text === "pong",
        () => false,
      );
    await workbench.until(answers, "the endpoint answers again");
  });

  it("stops on request", async () => {
    await workbench.runCommand("Nemotron: Stop OpenAI Endpoint");
    await item().waitFor({ state: "hidden" });
    await assert.rejects(ping(), OpenAI.APIConnectionError);
  });

  it("reports a port in use, and what to do", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    try {
      await workbench.runCommand("Nemotron: Start OpenAI Endpoint");
      await toast(`Port ${port} is in use by another program. Choose another port`).waitFor();
      await workbench.shot("endpoint-port-taken");
      assert.equal(await item().count(), 0);
      await toast(`Port ${port} is in use`).getByText("Change Port…").click();
      await workbench.page.locator(".settings-editor").getByText("Port of the OpenAI-compatible endpoint").waitFor();
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});
