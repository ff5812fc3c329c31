/**
 * A parent for the language server, like an extension host: its ends of the pipes close when it ends. Arguments: the
 * server's.
 */
import { spawn } from "node:child_process";

const server = spawn(process.execPath, ["dist/server.mjs", ...process.argv.slice(2)], {
  stdio: ["pipe", "pipe", "inherit"],
});
process.stdin.pipe(server.stdin);
server.stdout.pipe(process.stdout);
for (const stream of [process.stdin, process.stdout, server.stdin, server.stdout]) stream.on("error", () => {});
server.once("exit", (code) => process.exit(code ?? 1));
