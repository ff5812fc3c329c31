/** Buttons that start commands of the palette. */
import { post } from "../host.ts";
import type { PageCommand } from "../messages.ts";

const LABELS: Record<PageCommand, string> = {
  chooseModel: "Choose a model file…",
  getModel: "Get a model",
  loadModel: "Load now",
  newChat: "New chat",
  showLog: "Show log",
};

export function CommandButton({
  command,
  kind = "small",
}: {
  command: PageCommand;
  kind?: "small" | "primary" | "link";
}) {
  return (
    <button type="button" class={`${kind}-button`} onClick={() => post({ type: "command", command })}>
      {LABELS[command]}
    </button>
  );
}
