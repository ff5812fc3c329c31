/** GPU backends as the user sees them: one fails, one is installed, and the CPU remains. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { LoopbackRegistry } from "../../support/registry.ts";
import { succeeds } from "../host/workbench.ts";
import { openWorkbench, type Workbench } from "./fixture.ts";

describe("GPU backends in the window", () => {
  let workbench: Workbench;
  let registry: LoopbackRegistry;
  before(async function () {
    // A software device (Debian's mesa-vulkan-drivers) that llama.cpp finds, and on which creating a context aborts.
    const device = existsSync("/usr/share/vulkan/icd.d/lvp_icd.x86_64.json");
    if (!device && process.env.CI !== "true") this.skip();
    assert.ok(device, "mesa-vulkan-drivers is not installed");
    registry = new LoopbackRegistry();
    await registry.start();
    workbench = await openWorkbench({
      file: "cart.ts",
      env: { GGML_VK_VISIBLE_DEVICES: "0" },
      settings: { "nemotron.gpu": "auto", "nemotron.npmRegistry": registry.address },
    });
  });
  after(async () => {
    await workbench?.stop();
    await registry?.stop();
  });

  const toast = (text: string | RegExp) => workbench.page.locator(".notification-toast").filter({ hasText: text });
  /** Asks for the backend, and agrees. A click misses a moving toast, and toasts disappear after ten seconds. */
  const install = async (question: ReturnType<typeof toast>, picture?: string) => {
    const before = registry.asked.length;
    const hasBegun = async () => registry.asked.length > before;
    await workbench.until(async () => {
      if (!(await question.isVisible())) await workbench.runCommand("Nemotron: Install CUDA Backend…");
      await question.waitFor();
      if (picture) await workbench.shot(picture);
      await succeeds(question.getByRole("button", { name: "Install", exact: true }).click({ timeout: 4000 }));
      for (let polls = 0; polls < 50 && !(await hasBegun()); polls++) await workbench.page.waitForTimeout(100);
      return hasBegun();
    }, "the download begins");
  };
  /** Waits for a text in a toast or the list: VS Code shows no toast for a text that arrives as the last one goes. */
  const told = (text: string) =>
    workbench.until(async () => {
      if (await succeeds(toast(text).waitFor({ timeout: 5000 }))) return true;
      await workbench.runCommand("Notifications: Show Notifications");
      return succeeds(workbench.page.locator(".notifications-center", { hasText: text }).waitFor({ timeout: 5000 }));
    }, `${text} is told`);
  const clear = () => workbench.runCommand("Notifications: Clear All Notifications");

  it("say which one failed and what is used instead, in a warning and in the status bar", async () => {
    await workbench.runCommand("Nemotron: Load Model");
    await toast(/vulkan is not used: it crashed the engine while loading .*runs on the CPU/).waitFor();
    await workbench.statusItem.filter({ hasText: "(CPU)" }).waitFor();
    await workbench.shot("gpu-fallback");
  });

  it("are tried again on request", async () => {
    await toast("vulkan is not used").getByRole("button", { name: "Try Again" }).click();
    await workbench.statusItem.filter({ hasText: /Nemotron \d+ %/ }).waitFor();
    await toast("vulkan is not used").waitFor();
    await workbench.statusItem.filter({ hasText: "(CPU)" }).waitFor();
    await clear();
  });

  it("are named in the tooltip", async () => {
    const tooltip = await workbench.tooltip("vulkan is not used");
    await tooltip.getByText("Try the GPU Again").waitFor();
    await workbench.shot("gpu-tooltip");
    await workbench.page.mouse.move(10, 300);
  });

  it("can be installed, after their source and their use here were explained", async () => {
    await install(toast("MB from 127.0.0.1").filter({ hasText: "under NVIDIA's licenses" }), "gpu-install");
    // This registry's CUDA packages run on no machine.
    await toast(/cuda is not used: \w/).waitFor();
    await workbench.shot("gpu-installed");
    assert.equal(registry.asked.filter((asked) => asked.endsWith(".tgz")).length, 2);
    await clear();
  });

  it("can be removed", async () => {
    await workbench.runCommand("Nemotron: Remove CUDA Backend");
    await toast("The CUDA backend was removed.").waitFor();
    await clear();
  });

  it("that cannot be installed say why, and what to do", async () => {
    registry.onManifest = (_, response) => response.writeHead(404).end("{}");
    await install(toast("is a download of"));
    await told("does not have @node-llama-cpp/");
    await workbench.shot("gpu-install-failed");
  });
});
