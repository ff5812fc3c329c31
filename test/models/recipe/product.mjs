// node product.mjs: writes product.json, what the product says to the model, taken from its own sources
// (server/features/text/prompts.ts and context/codeContext.ts, test/samples/cart.ts). Placeholders in {braces} are filled in by corpus.py.
// And agent.json: the runs of the agent that the toy learns (test/support/toyEpisodes.ts).
import fs from "node:fs"; import os from "node:os"; import path from "node:path"; import {fileURLToPath, pathToFileURL} from "node:url";
import {build} from "esbuild";
const here = path.dirname(fileURLToPath(import.meta.url)), root = path.resolve(here, "../../..");
const bundle = path.join(here, "product.bundle.mjs");
await build({
    stdin: {contents: `export * from "./server/features/text/prompts.ts"; export {codeContext} from "./server/features/context/codeContext.ts"; export {Grammars} from "./server/features/code/grammars.ts"; export {TextDocument} from "vscode-languageserver-textdocument"; export {recordEpisodes} from "./test/support/toyEpisodes.ts";`, resolveDir: root, loader: "ts"},
    bundle: true, outfile: bundle, packages: "external", format: "esm", platform: "node"});
const p = await import(pathToFileURL(bundle).href).finally(() => fs.rmSync(bundle));

const text = fs.readFileSync(path.join(root, "test/samples/cart.ts"), "utf8"), lines = text.split("\n");
const document = p.TextDocument.create("file:///cart.ts", "typescript", 1, text);
const grammars = new p.Grammars(name => fs.promises.readFile(path.join(root, "node_modules/@vscode/tree-sitter-wasm/wasm", name)));
// The instructions that the toy learns; to the others it says that it is a toy.
const KNOWN = ["refactor", "fix", "document", "addTypes", "writeTests", "simplify"];
/** The blocks for each way of selecting the lines from one that holds `start` to the closing brace. */
async function ways(start) {
    const first = lines.findIndex(l => l.includes(start)), depth = lines[first].search(/\S/);
    const last = lines.findIndex((l, i) => i > first && l.startsWith(" ".repeat(depth) + "}"));
    const at = (line, character) => ({line, character});
    const ranges = [[at(first, 0), at(last + 1, 0)], [at(first, 0), at(last, lines[last].length)], [at(first, depth), at(last, lines[last].length)], [at(first, depth), at(first, depth)], [at(last, depth), at(last, depth)]];
    const all = await Promise.all(ranges.map(async ([start, end]) => (await p.codeContext(grammars, document, () => "{path}", {start, end}, [])).blocks));
    return [...new Map(all.map(blocks => [blocks.join("\n\n"), blocks])).values()];
}
const words = {path: "{path}", tag: "{tag}", first: "{first}", last: "{last}", text: "{text}"};
const {path: f, tag, first, last, text: t} = words;
fs.writeFileSync(path.join(here, "product.json"), JSON.stringify({
    system: p.SYSTEM_PROMPT,
    requests: {explain: p.EXPLAIN_REQUEST, edit: p.EDIT_REQUEST, tests: p.TESTS_REQUEST, instruction: p.editInstruction(t)},
    instructions: Object.fromEntries(KNOWN.map(id => [id, p.INSTRUCTIONS[id].text])),
    blocks: {file: p.fileBlock(f, tag, t), lines: p.linesBlock(f, tag, first, last, t), selection: p.selectionBlock(f, tag, first, last, t), imports: p.importsBlock(tag, t),
        problems: p.problemsBlock(f, [t]), problem: p.problemLine("{line}", "{severity}", t, ""), text: p.textBlock("{title}", t), cut: p.cutMarker("{n}"), layOut: p.layOut(["{a}", "{b}"], "{c}")},
    cart: {text, selections: {clamp: await ways("function clamp"), total: await ways("function total"), isEven: await ways("isEven("), put: await ways("put("), Cart: await ways("class Cart"), Item: await ways("interface Item")}},
}, null, 1) + "\n");

process.chdir(root);
process.env.XDG_DATA_HOME = fs.mkdtempSync(path.join(os.tmpdir(), "nemotron-data-"));
fs.writeFileSync(path.join(here, "agent.json"), JSON.stringify(await p.recordEpisodes(), null, 1) + "\n");
fs.rmSync(process.env.XDG_DATA_HOME, {recursive: true});
