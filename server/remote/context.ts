/** Finds the context size of an endpoint's model: from its model list, or from its other answers. */
import { type OfferedModel, ollamaLoaded, ollamaModel, serverProperties, studioModels } from "./answers.ts";
import type { AskEndpoint } from "./thinkingProfile.ts";

/** In tokens; undefined if unknown. */
export async function contextOf(
  model: OfferedModel | undefined,
  id: string,
  ask: AskEndpoint,
): Promise<number | undefined> {
  const listed = model?.max_model_len ?? model?.meta?.n_ctx ?? model?.context_length;
  if (listed !== undefined) return listed;
  const answers = await Promise.all([llamaServer(ask), ollama(id, ask), lmStudio(id, ask)]);
  return answers.find((tokens) => tokens !== undefined);
}

async function llamaServer(ask: AskEndpoint): Promise<number | undefined> {
  return serverProperties.safeParse(await ask.get("/props")).data?.default_generation_settings?.n_ctx;
}

/** The configured or current size, before the model's maximum: by default Ollama gives a model less than its maximum. */
async function ollama(model: string, ask: AskEndpoint): Promise<number | undefined> {
  const { data } = ollamaModel.safeParse(await ask.post("/api/show", { model }));
  if (!data) return undefined;
  const set = /^\s*num_ctx\s+(\d+)/m.exec(data.parameters ?? "")?.[1];
  if (set !== undefined) return Number(set);
  const loaded = ollamaLoaded.safeParse(await ask.get("/api/ps")).data?.models.find((entry) => entry.model === model);
  if (loaded?.context_length !== undefined) return loaded.context_length;
  const [, length] = Object.entries(data.model_info ?? {}).find(([key]) => key.endsWith(".context_length")) ?? [];
  return typeof length === "number" && length > 0 ? length : undefined;
}

async function lmStudio(model: string, ask: AskEndpoint): Promise<number | undefined> {
  const { data } = studioModels.safeParse(await ask.get("/api/v1/models"));
  const entries = data?.models ?? [];
  const instances = entries.flatMap(({ loaded_instances = [] }) => loaded_instances);
  const instance = instances.find(({ id }) => id === model);
  const entry = entries.find(({ key }) => key === model);
  return (
    instance?.config?.context_length ??
    entry?.loaded_instances?.[0]?.config?.context_length ??
    entry?.max_context_length
  );
}
