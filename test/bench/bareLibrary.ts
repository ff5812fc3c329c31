/** The bare library (node-llama-cpp) in a process of its own, as the baseline of the overhead. */
import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { ModelInfo } from "../../server/protocol.ts";
import type { BareRequest } from "./bareLoop.ts";

export type BareLibrary = {
  /** Time for each token of a long answer, ms. */
  loop(): Promise<number>;
  /** Time to read tokens after others and to generate one, ms. */
  firstToken(behind: number, read: number): Promise<number>;
  stop(): void;
};

export async function bareLibrary({ path: model, threads, gpuLayers }: ModelInfo): Promise<BareLibrary> {
  const bare = fork(path.resolve("dist/test/bench/bareLoop.mjs"), [model, String(threads), String(gpuLayers)]);
  await once(bare, "message");
  const ask = async (request: BareRequest) => {
    const answer = once(bare, "message");
    bare.send(request);
    const [ms] = await answer;
    return Number(ms);
  };
  return {
    loop: () => ask({ type: "loop" }),
    firstToken: (behind, read) => ask({ type: "firstToken", behind, read }),
    stop: () => bare.kill(),
  };
}
