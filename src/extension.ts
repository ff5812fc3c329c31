/** The extension's table of contents. */
import type { ExtensionContext } from "vscode";
import { registerCommands } from "./commands.ts";
import { Server } from "./server.ts";
import { StatusBar } from "./statusBar.ts";

export function activate(context: ExtensionContext): void {
  const server = new Server(context.asAbsolutePath("dist/server.mjs"));
  const statusBar = new StatusBar(server);
  context.subscriptions.push(server, statusBar, ...registerCommands(server));
}
