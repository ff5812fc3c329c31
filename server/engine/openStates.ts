/** What earlier engine processes have kept of conversations, for the model and the contexts that have been loaded. */
import { getModuleVersion, type Llama, type LlamaContext } from "node-llama-cpp";
import type { Backend } from "../protocol.ts";
import type { Plan } from "./fit.ts";
import type { ModelFile } from "./inspect.ts";
import type { LoadOptions } from "./load.ts";
import { Parking } from "./parking.ts";
import { fingerprint, type KeyParts, keyOf } from "./states/key.ts";
import { StateStore } from "./states/store.ts";
import type { Tokenizer } from "./tokens.ts";

/** What all states may take on disk by default: the 9B's are 139 MiB and 16 KiB a token. */
const IDLE_STATE_BYTES = 4 * 1024 ** 3;

type Opened = Pick<LoadOptions, "params" | "statesFolder" | "onProblem"> & {
  file: ModelFile;
  plan: Plan;
  llama: Llama;
  backend: Backend;
  chat: LlamaContext;
  edit: LlamaContext;
  tokenizer: Tokenizer;
};

export async function openStates(options: Opened): Promise<{ chat: Parking; edit: Parking }> {
  const { params, file, plan, llama, tokenizer } = options;
  const common = {
    model: await fingerprint(params.model),
    backend: options.backend,
    dialect: file.dialect.id,
    versions: [await getModuleVersion(), llama.llamaCppRelease.release],
  };
  const onProblem = once(options.onProblem);
  const open = async (context: KeyParts["context"], { contextSize, totalSequences }: LlamaContext) => {
    const store = new StateStore({
      root: options.statesFolder,
      key: keyOf({ ...common, context, contextTokens: contextSize, sequences: totalSequences }),
      capBytes: params.idleStateBytes ?? IDLE_STATE_BYTES,
      estimate: (tokens) => file.shape.stateBytes + file.shape.kvBytesPerToken * tokens,
      vocabulary: file.vocabulary,
      onProblem,
    });
    const { parkedBytes } = plan.checkpoints;
    const parking = new Parking({ store, checkpointBytes: parkedBytes, rewindable: file.shape.stateBytes === 0 });
    // What the model said then is tokenized as it was then.
    for (const { owner, said } of await parking.open())
      for (const tokens of said) tokenizer.remember(tokenizer.detokenize(tokens), tokens, { owner });
    return parking;
  };
  return { chat: await open("chat", options.chat), edit: await open("edit", options.edit) };
}

/** A disk stays full for a while. */
function once(tell: (message: string) => void): (message: string) => void {
  let told = false;
  return (message) => {
    if (!told) tell(message);
    told = true;
  };
}
