/** Keeps a workbench running to click through: the VSIX, the toy model, a copy of the sample project. */
import { startCodeServer } from "./host/codeServer.ts";

// The server ends with this process.
process.once("SIGINT", () => process.exit(0));
const server = await startCodeServer({ allBuiltIns: true, idleSeconds: 24 * 3600 });
const file = server.remoteUri(`${server.workspace}/cart.ts`);
console.log(`Open ${server.url([["openFile", file]])}`);
console.log(`Its workspace is ${server.workspace}. Ctrl+C ends everything.`);
