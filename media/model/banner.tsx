/** The banner above the composer. It says why the model is not ready, once a conversation has replaced the welcome. */
import { t } from "@vscode/l10n";
import type { ModelState, PageCommand, Reply } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { Bar } from "../page/bar.tsx";
import { Icon, Spinner } from "../page/icon.tsx";
import { connectingText, loadingText } from "./loading.ts";

/** @param last the last reply. Without one, the welcome says everything except that the model is a toy. */
export function ModelBanner({ model, last }: { model: ModelState; last: Reply | undefined }) {
  if (model.type === "ready" && model.waiting && last?.state === "waiting") return <Waiting text={model.waiting} />;
  if (model.type === "ready") return model.toy ? <Toy /> : null;
  // The last reply already says why it did not end.
  if (model.type === "failed" && model.retrying && last?.state === "interrupted") return <Retrying />;
  const said = model.type === "failed" && !model.retrying && last?.state === "failed";
  return last && !said ? <State model={model} /> : null;
}

function Retrying() {
  return (
    <div class="banner" role="status">
      <Spinner />
      {t("Trying again…")}
    </div>
  );
}

function Waiting({ text }: { text: string }) {
  return (
    <div class="banner" role="status">
      <Icon name="watch" />
      {text}
    </div>
  );
}

function Toy() {
  return (
    <div class="banner toy" role="status">
      <Icon name="beaker" />
      {t("Toy model: its answers mean nothing")}
    </div>
  );
}

function remediesOf({ remedies, retrying, remote }: ModelState & { type: "failed" }): PageCommand[] {
  if (remedies) return remedies;
  const choose = retrying ? [] : [remote ? ("connectRemote" as const) : ("chooseModel" as const)];
  return ["showLog", ...choose, ...(remote ? ["useLocal" as const] : [])];
}

function State({ model }: { model: Exclude<ModelState, { type: "ready" }> }) {
  switch (model.type) {
    case "noModel":
      return (
        <div class="banner" role="status">
          <Icon name="info" />
          <span class="grow">{model.problem ?? t("No model is chosen.")}</span>
          {model.offer && <CommandButton command="getModel" />}
          <CommandButton command="chooseModel" />
        </div>
      );
    case "asleep":
      return model.gone ? (
        <div class="banner" role="status">
          <Icon name="info" />
          <span class="grow">{`${model.gone} ${t("Your next question loads the model again.")}`}</span>
        </div>
      ) : null;
    case "downloading":
      return (
        <div class="banner column" role="status">
          <div class="row">
            <Spinner />
            <span class="grow ellipsis">{model.name}</span>
          </div>
          <div class="faint">{model.text}</div>
          <Bar label={t("Downloading")} share={model.progress} />
        </div>
      );
    case "starting":
    case "loading":
      return (
        <div class="banner column" role="status">
          <div class="row">
            <Spinner />
            <span class="grow ellipsis">{connectingText(model)}</span>
            {!model.remote && <span class="faint">{loadingText(model)}</span>}
          </div>
          {!model.remote && <Bar label={t("Loading")} share={model.type === "loading" ? model.progress : 0} />}
        </div>
      );
    case "failed":
      return (
        <div class="banner warning" role="status">
          <Icon name={model.remedies ? "warning" : "error"} />
          <div class="grow">
            <div>{model.reason}</div>
            {model.retrying ? (
              <div class="status">
                <Spinner />
                {t("Trying again…")}
              </div>
            ) : (
              <div class="next">{model.next}</div>
            )}
            <div class="row wrap buttons">
              {remediesOf(model).map((command) => (
                <CommandButton key={command} command={command} />
              ))}
            </div>
          </div>
        </div>
      );
    default:
      return model satisfies never;
  }
}
