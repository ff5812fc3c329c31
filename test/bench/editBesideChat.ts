/** The first token of an edit while a chat generates, compared with the same edit alone. */
import { type ChatResult, type EditResult, Method } from "../../server/protocol.ts";
import { type Client, idle } from "../support/client.ts";
import { type Figure, median, round } from "./figures.ts";

const RUNS = 9;
const CODE = "function add(a: number, b: number): number {\n  return a + b;\n}\n";

export async function editBesideChat(client: Client): Promise<Figure[]> {
  const edit = async (n: number) => {
    const uri = `untitled:edit${n}.ts`;
    // Different texts: the second of two equal ones would have nothing to read.
    await client.open(uri, "typescript", CODE.replaceAll("add", `add${n}`));
    const range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } };
    const params = { textDocument: { uri, version: 1 }, range, instruction: { id: "document" } };
    const started = performance.now();
    let first = 0;
    const { result } = client.stream<EditResult>(Method.edit, params, ({ type }) => {
      if (type === "answer") first ||= performance.now() - started;
    });
    // The quality of the toy's edit does not matter here.
    await result.catch(() => {});
    return first;
  };
  const alone: number[] = [];
  const beside: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    alone.push(await edit(2 * run));
    const messages = [{ role: "user", content: "Think for a long time." }];
    const chat = client.stream<ChatResult>(Method.chat, { messages, thinking: { mode: "on" } });
    await idle(30);
    beside.push(await edit(2 * run + 1));
    chat.cancel();
    await chat.result.catch(() => {});
  }
  return [
    { what: "edit alone: first token", value: round(median(alone), 1), unit: "ms" },
    {
      what: "edit while a chat generates: first token, over alone",
      value: round(median(beside) / median(alone)),
      unit: "x",
    },
  ];
}
