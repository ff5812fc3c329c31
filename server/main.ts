#!/usr/bin/env node
/** nemotron-server: runs its commands, or the language server by default. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./cli/program.ts";

await run(process.argv.slice(2), path.dirname(fileURLToPath(import.meta.url)));
