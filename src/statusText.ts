/** What the status bar says for each state of the server and of thinking. Pure: no editor in here. */
import type { Status, Thinking } from "../server/protocol.ts";

export type StatusText = { text: string; tooltip: string; severity?: "warning" | "error" };

export function statusText(status: Status, { mode, budget }: Thinking): StatusText {
  const thinking = mode === "off" ? "off" : budget === undefined ? "on" : `${budget}`;
  const text = (icon: string, what: string) => `$(${icon}) Nemotron${what ? ` ${what}` : ""}`;
  switch (status.type) {
    case "noModel":
      return { text: text("sparkle", ""), tooltip: "No model is loaded. Click to choose one." };
    case "loading":
      return {
        text: text("loading~spin", `${Math.round(status.progress * 100)} %`),
        tooltip: `Loading ${status.path}${status.backend ? ` on ${status.backend}` : ""}`,
      };
    case "ready":
      return { text: text("sparkle", `thinking ${thinking}`), tooltip: modelText(status.model) };
    case "busy":
      return { text: text("loading~spin", `thinking ${thinking}`), tooltip: modelText(status.model) };
    case "failed":
      return { text: text("error", ""), tooltip: `${status.reason}\n${status.next}`, severity: "error" };
    default:
      return status satisfies never;
  }
}

function modelText(model: Extract<Status, { type: "ready" }>["model"]): string {
  const { weights, state, kv, compute, gpu } = model.memory;
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const where = model.backend === "cpu" ? "on the CPU" : `${model.gpuLayers} of ${model.totalLayers} layers on the GPU`;
  return [
    `${model.name}, ${where}`,
    `Context: ${model.contextTokens} tokens`,
    `Memory: ${gib(weights + state + kv + compute)}${gpu > 0 ? `, ${gib(gpu)} of it on the GPU` : ""}`,
    ...(model.toy ? ["This is the toy model of the tests: it knows nothing."] : []),
    ...model.notes,
    "Click to switch thinking on or off.",
  ].join("\n");
}
