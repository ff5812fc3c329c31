/** The library alone, in a process of its own: the measure for what is ours. */
import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { ModelInfo } from "../../server/protocol.ts";
import type { BareRequest } from "./bareLoop.ts";

export type BareLibrary = {
  /** ms a token of a long answer. */
  loop(): Promise<number>;
  /** ms to read so many tokens behind so many others, and to generate one. */
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
