/** The model in VS Code's own AI surfaces: as a language model for all extensions, and as a participant of its chat. */
import { type Disposable, lm, type Uri } from "vscode";
import { createParticipant, type ParticipantDeps } from "../participant/participant.ts";
import { VENDOR } from "./information.ts";
import { LanguageModelProvider } from "./provider.ts";

/** Nothing is started by this: registering costs no more than telling VS Code. */
export function registerLanguageModel(deps: ParticipantDeps, icon: Uri): Disposable[] {
  const provider = new LanguageModelProvider(deps.server);
  const registered = lm.registerLanguageModelChatProvider(VENDOR, provider);
  // VS Code's chat refuses its first prompt to a participant ("Language model unavailable") until a model is known.
  void lm.selectChatModels({ vendor: VENDOR }).then(undefined, () => {});
  return [provider, registered, createParticipant(deps, icon)];
}
