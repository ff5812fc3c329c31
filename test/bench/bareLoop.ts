/** A process that does nothing but the library's own loop: the measure for our overhead. */
import { getLlama } from "node-llama-cpp";

const [file, threads, gpuLayers] = process.argv.slice(2);
const TOKENS = 390;

const llama = await getLlama({
  gpu: gpuLayers === "0" ? false : "auto",
  build: "never",
  progressLogs: false,
  maxThreads: 0,
});
const model = await llama.loadModel({ modelPath: file!, gpuLayers: Number(gpuLayers) });
const context = await model.createContext({ contextSize: 2048, batchSize: 512, threads: Number(threads) });
const prompt = model.tokenize(
  "<SPECIAL_10>System\n\n\n<SPECIAL_11>User\nCount to one hundred.\n<SPECIAL_11>Assistant\n<think></think>",
  true,
);

async function measure(): Promise<number> {
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

process.on("message", async () => process.send!(await measure()));
process.send!(await measure());
