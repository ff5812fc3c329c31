/** The server's messages are in the user's language, and so are answers to ready-made prompts. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type ExplainResult, Method } from "../../server/protocol.ts";
import { Client, rejection } from "../support/client.ts";

const german = {
  locale: "de",
  initializationOptions: { translations: JSON.parse(readFileSync("l10n/bundle.l10n.de.json", "utf8")) },
};

describe("the server in German", () => {
  it("reports errors and next steps in German, from the server and from the engine", async () => {
    const client = await Client.start(german);
    const chat = { messages: [{ role: "user", content: "ping" }] };
    assert.match((await rejection(client.request(Method.chat, chat))).message, /Es ist kein Modell geladen/);
    const model = path.resolve("missing.gguf");
    const { message, data } = await rejection(client.request(Method.load, { model, gpu: "off" }));
    assert.equal(message, `Die Datei ${model} existiert nicht.`);
    assert.equal(data?.next, "Prüfen Sie den Pfad des Modells.");
    await client.stop();
  });

  it("asks for explanations in German", async () => {
    const client = await Client.toy([], german);
    const textDocument = { uri: pathToFileURL(path.resolve("test/samples/cart.ts")).href };
    const range = { start: { line: 8, character: 0 }, end: { line: 12, character: 1 } };
    const { userContent } = await client.request<ExplainResult>(Method.explain, { textDocument, range });
    assert.match(userContent, /Answer in German\.$/);
    await client.stop();
  });
});
