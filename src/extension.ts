/** The extension's table of contents. */
import type { ExtensionContext } from "vscode";
import { registerCommands } from "./commands.ts";
import { Explanations } from "./explanations.ts";
import { Server } from "./server.ts";
import { StatusBar } from "./statusBar.ts";

export function activate(context: ExtensionContext): void {
  const server = new Server(context.asAbsolutePath("dist/server.mjs"));
  const statusBar = new StatusBar(server);
  const explanations = new Explanations();
  context.subscriptions.push(server, statusBar, explanations, ...registerCommands({ server, explanations }));
}
