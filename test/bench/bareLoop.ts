/** A process that calls only node-llama-cpp, as the baseline of the overhead. */
import { getLlama, type LlamaContextSequence, type Token } from "node-llama-cpp";

/** See BareLibrary. */
export type BareRequest = { type: "loop" } | { type: "firstToken"; behind: number; read: number };

const [file, threads, gpuLayers] = process.argv.slice(2);
const TOKENS = 390;
const BATCH = 512;

const llama = await getLlama({
  gpu: gpuLayers === "0" ? false : "auto",
  build: "never",
  progressLogs: false,
  maxThreads: 0,
});
const model = await llama.loadModel({ modelPath: file!, gpuLayers: Number(gpuLayers) });
const create = (contextSize: number) =>
  model.createContext({ contextSize, batchSize: BATCH, threads: Number(threads) });
const context = await create(2048);
const prompt = model.tokenize(
  "<SPECIAL_10>System\n\n\n<SPECIAL_11>User\nCount to one hundred.\n<SPECIAL_11>Assistant\n<think></think>",
  true,
);
const opening = model.tokenize("<think>\n", false);

async function loop(): Promise<number> {
  const sequence = context.getSequence();
  let first = 0;
  let tokens = 0;
  for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    first ||= performance.now();
    if (++tokens === TOKENS) break;
  }
  const ms = (performance.now() - first) / (tokens - 1);
  await sequence.dispose();
  return ms;
}

/** Any text with this many tokens. */
const filling = (tokens: number): Token[] => Array.from({ length: tokens }, (_, i) => prompt[i % prompt.length]!);

let deep: LlamaContextSequence | undefined;

async function firstToken(behind: number, read: number): Promise<number> {
  // Each call leaves a few more tokens, which do not matter among many thousands.
  deep ??= (await create(behind + 8192)).getSequence();
  while (deep.nextTokenIndex < behind)
    await deep.evaluateWithoutGeneratingNewTokens(filling(Math.min(BATCH, behind - deep.nextTokenIndex)));
  // As after reading ahead, the caches are warm.
  await deep.evaluateWithoutGeneratingNewTokens(filling(read));
  const started = performance.now();
  await deep.evaluateWithoutGeneratingNewTokens(filling(read));
  for await (const _ of deep.evaluate(opening, { temperature: 0, yieldEogToken: true })) break;
  return performance.now() - started;
}

process.on("message", async (request: BareRequest) => {
  process.send!(request.type === "loop" ? await loop() : await firstToken(request.behind, request.read));
});
process.send!(await loop());
