import assert from "node:assert/strict";
import { modelsTable } from "../../../server/cli/modelsTable.ts";
import { CATALOGUE } from "../../../server/models/catalogue.ts";
import { fitModel } from "../../../server/models/fits.ts";
import { recommend } from "../../../server/models/recommend.ts";
import type { Hardware, ModelsResult } from "../../../server/protocol.ts";
import { PROFILES } from "./profiles.ts";

const ESCAPE = "\x1b";

/** A result with the first model partly downloaded, and the last one installed. */
function result(hardware: Hardware): ModelsResult {
  const all = CATALOGUE.map((entry) => ({ entry, fit: fitModel(entry, hardware), installed: false }));
  const best = recommend(all, hardware);
  const offers = all.map(({ entry, fit }, i) => ({
    ...entry,
    fit,
    recommended: entry.id === best,
    path: i === all.length - 1 ? `/models/${entry.file}` : undefined,
    partialBytes: i === 0 ? entry.bytes * 0.4251 : undefined,
  }));
  return { hardware, folder: "/models", usedBytes: 12e9, offers };
}

describe("the table of models", () => {
  for (const [name, hardware] of Object.entries(PROFILES))
    it(`fits a terminal of 100 columns on ${name}, with one row for each offer and one recommendation at most`, () => {
      const table = modelsTable(result(hardware), false);
      const lines = table.split("\n");
      for (const line of lines) assert.ok(line.length <= 100, `${line.length}: ${line}`);
      assert.ok(!table.includes(ESCAPE));
      assert.doesNotMatch(table, /NaN|undefined|Infinity/);
      assert.equal(lines.filter((line) => /^( {2}|\* )Q\d/.test(line)).length, CATALOGUE.length);
      assert.ok(lines.filter((line) => line.startsWith("* Q")).length <= 1);
    });

  it("says what the machine has, what is here, and what to do", () => {
    const table = modelsTable(result(PROFILES["12 GB"]), false);
    assert.match(table, /GPU {2}NVIDIA GeForce RTX 3060, 11\.0 of 12\.0 GiB free \(cuda\)/);
    assert.match(table, /^ {2}Q4_K_M +22\.4 GB +42 % +\d+ of 53 layers/m);
    assert.match(table, /^\* Q4_K_M +6\.5 GB +all layers +32K, max 1\d\dK/m);
    assert.match(table, /^ {2}Q4_K_M +2\.8 GB +yes/m);
    assert.match(
      table,
      /Recommended: Nemotron Nano 9B v2, Q4_K_M, a file of 6\.5 GB:\n {2}https:\/\/huggingface\.co\//,
    );
    const small = modelsTable(result(PROFILES["6 GB"]), false);
    assert.match(small, /Q4_K_M, already downloaded:\n {2}\/models\//);
  });

  it("says why a GPU is not used, that memory is shared, and that nothing fits", () => {
    const problem = "The GPU is not used: vulkan failed.";
    const none = modelsTable(result({ ...PROFILES["no GPU, 4 GB of RAM"], problem }), false);
    assert.match(none, /GPU {2}none usable\n {5}The GPU is not used: vulkan failed\.\n/);
    assert.match(none, /No model can be recommended/);
    assert.match(modelsTable(result(PROFILES["Mac with 16 GB"]), false), /RAM .* shared with the GPU/);
  });

  it("highlights the recommendation in a terminal", () => {
    const table = modelsTable(result(PROFILES["12 GB"]), true);
    const [bold] = table.split("\n").filter((line) => line.startsWith(`${ESCAPE}[1m* Q4_K_M`));
    assert.ok(bold?.endsWith(`${ESCAPE}[0m`));
  });
});
