/**
 * npm run bench: measures what the design promises. Figures that depend on the machine are ratios or differences of two
 * measurements in one run. Prints a table, then JSON. With --peer: see peer/sideBySide.ts.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import type { ModelInfo } from "../../server/protocol.ts";
import { Client, TOY } from "../support/client.ts";
import { agentSteps } from "./agentSteps.ts";
import { attachedFile } from "./attachedFile.ts";
import { cancelling } from "./cancelling.ts";
import { editBesideChat } from "./editBesideChat.ts";
import { editForms } from "./editForms.ts";
import { endpoint } from "./endpoint.ts";
import type { Figure } from "./figures.ts";
import { followUps } from "./followUps.ts";
import { overhead } from "./overhead.ts";
import { beside } from "./peer/sideBySide.ts";
import { rendering } from "./rendering.ts";
import { restart } from "./restart.ts";
import { reviewing } from "./reviewing.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    gpu: { type: "string" },
    only: { type: "string" },
    json: { type: "boolean" },
    peer: { type: "boolean" },
    shape: { type: "string" },
    rounds: { type: "string" },
    threads: { type: "string" },
  },
});
if (values.peer) process.exit(await beside(values));

const model = path.resolve(values.model ?? TOY);
const gpu = values.gpu ?? (values.model ? "auto" : "off");

const client = await Client.start({ args: ["--model", model, "--gpu", gpu, "--context", "32768"] });
const { model: info } = (await client.until((status) => status.type === "ready")) as { model: ModelInfo };

const all = {
  followUps,
  agentSteps,
  restart,
  attachedFile,
  cancelling,
  editBesideChat,
  editForms,
  overhead,
  endpoint,
  rendering,
  reviewing,
};
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(all))
  if (!values.only || values.only === name) figures.push(...(await measure(client, info)));
await client.stop();

const result = { model: info.name, backend: info.backend, threads: info.threads, node: process.version, figures };
if (!values.json) {
  console.log(`${info.name} on ${info.backend}, ${info.threads} threads, Node ${process.version}\n`);
  const width = Math.max(...figures.map(({ what }) => what.length));
  for (const { what, value, unit, target, met } of figures)
    console.log(
      `${what.padEnd(width)}  ${String(value).padStart(9)} ${unit}${target ? `   target ${target}${met ? "" : "  MISSED"}` : ""}`,
    );
  console.log();
}
console.log(JSON.stringify(result, null, values.json ? 2 : 0));
process.exit(figures.some(({ met }) => met === false) ? 1 : 0);
