/** The bundled model is the one that its README describes, and was trained on the product's own prompts. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  EDIT_REQUEST,
  EXPLAIN_REQUEST,
  INSTRUCTIONS,
  SYSTEM_PROMPT,
  TESTS_REQUEST,
} from "../../server/features/text/prompts.ts";
import { recordEpisodes } from "../support/toyEpisodes.ts";
import { ownData } from "./agent/support.ts";

const FOLDER = "test/models";

describe("the toy model", () => {
  const data = ownData();
  before(data.before);
  after(data.after);

  it("has its checksum", () => {
    const [expected, name] = readFileSync(`${FOLDER}/nemotron-h-toy.gguf.sha256`, "utf8").trim().split(/\s+/);
    const actual = createHash("sha256")
      .update(readFileSync(`${FOLDER}/${name}`))
      .digest("hex");
    assert.equal(actual, expected);
    assert.ok(readFileSync(`${FOLDER}/README.md`, "utf8").includes(actual), "the README names another one");
  });

  it("was trained on the product's own prompts (else: recipe/product.mjs, and train on)", () => {
    const { system, requests, instructions } = JSON.parse(readFileSync(`${FOLDER}/recipe/product.json`, "utf8"));
    assert.equal(system, SYSTEM_PROMPT);
    assert.deepEqual([requests.explain, requests.edit, requests.tests], [EXPLAIN_REQUEST, EDIT_REQUEST, TESTS_REQUEST]);
    // The toy knows some of the instructions. To the others it answers that it is a toy.
    const texts = new Map<string, string>(Object.entries(INSTRUCTIONS).map(([id, { text }]) => [id, text]));
    for (const [id, text] of Object.entries(instructions)) assert.equal(texts.get(id), text, id);
  });

  it("was trained on the agent's own prompts, calls and results (else: recipe/product.mjs, and train on)", async () => {
    const learned = JSON.parse(readFileSync(`${FOLDER}/recipe/agent.json`, "utf8"));
    assert.deepEqual(await recordEpisodes(), learned);
  });
});
