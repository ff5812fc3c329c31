/** Opens the states that earlier engine processes have saved for the loaded model and its contexts. */
import { getModuleVersion, type Llama, type LlamaContext } from "node-llama-cpp";
import type { Backend, LocalLoad } from "../../protocol.ts";
import type { Plan } from "../modelFile/fit.ts";
import type { ModelFile } from "../modelFile/inspect.ts";
import { type KeyParts, keyOf } from "../states/key.ts";
import { StateStore } from "../states/store.ts";
import { StateCache } from "./stateCache.ts";
import type { Tokenizer } from "./tokens.ts";

/** Default limit for all states on disk, bytes. A state of the 9B takes 139 MiB and 16 KiB a token. */
const DEFAULT_STATE_BYTES = 4 * 1024 ** 3;

type OpenStatesOptions = {
  params: LocalLoad;
  /** The folder of all saved states. */
  statesFolder: string;
  onProblem: (message: string) => void;
  file: ModelFile;
  /** The fingerprint of the file (states/key.ts). */
  modelKey: string;
  plan: Plan;
  llama: Llama;
  backend: Backend;
  chat: LlamaContext;
  edit: LlamaContext;
  tokenizer: Tokenizer;
};

/** The caches of the chat and edit contexts, with the states that are on disk. */
export async function openStates(options: OpenStatesOptions): Promise<{ chat: StateCache; edit: StateCache }> {
  const { params, file, plan, llama, tokenizer } = options;
  const common = {
    model: options.modelKey,
    backend: options.backend,
    dialect: file.dialect.id,
    versions: [await getModuleVersion(), llama.llamaCppRelease.release],
  };
  const onProblem = once(options.onProblem);
  const estimate = (tokens: number) => file.shape.stateBytes + file.shape.kvBytesPerToken * tokens;
  const open = async (context: KeyParts["context"], { contextSize, totalSequences }: LlamaContext) => {
    const store = new StateStore({
      root: options.statesFolder,
      key: keyOf({ ...common, context, contextTokens: contextSize, sequences: totalSequences }),
      capBytes: params.idleStateBytes ?? DEFAULT_STATE_BYTES,
      estimate,
      vocabulary: file.vocabulary,
      onProblem,
    });
    const { cachedBytes } = plan.checkpoints;
    const rewindable = file.shape.stateBytes === 0;
    const cache = new StateCache({ store, memoryBytes: cachedBytes, estimate, rewindable });
    // The replies in saved conversations keep the tokens that they were generated with.
    for (const { owner, replies } of await cache.open())
      for (const tokens of replies) tokenizer.remember(tokenizer.detokenize(tokens), tokens, { owner });
    return cache;
  };
  return { chat: await open("chat", options.chat), edit: await open("edit", options.edit) };
}

/** Reports only the first problem: a full disk stays full for a while. */
function once(report: (message: string) => void): (message: string) => void {
  let reported = false;
  return (message) => {
    if (!reported) report(message);
    reported = true;
  };
}
