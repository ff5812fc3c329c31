#!/usr/bin/env node
/** The entry of nemotron-server: runs its commands. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./program.ts";

await run(process.argv.slice(2), path.dirname(fileURLToPath(import.meta.url)));
