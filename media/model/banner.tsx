/** Above the composer: what the model is not ready for, once there is a conversation in the place of the welcome. */
import type { ModelState } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { Icon } from "../page/icon.tsx";
import { Bar } from "../turns/bar.tsx";
import { Spinner } from "../turns/reply.tsx";
import { loadingText } from "./loading.ts";

/** @param alone there is no conversation: the welcome says all but that the model is a toy. */
export function ModelBanner({ model, alone }: { model: ModelState; alone: boolean }) {
  if (model.type === "ready") return model.toy ? <Toy /> : null;
  return alone ? null : <State model={model} />;
}

function Toy() {
  return (
    <div class="banner toy" role="status">
      <Icon name="beaker" />
      Toy model: it knows nothing
    </div>
  );
}

function State({ model }: { model: Exclude<ModelState, { type: "ready" }> }) {
  switch (model.type) {
    case "noModel":
      return (
        <div class="banner" role="status">
          <Icon name="info" />
          <span class="grow">No model is chosen.</span>
          <CommandButton command="chooseModel" />
        </div>
      );
    case "asleep":
      return null;
    case "starting":
    case "loading":
      return (
        <div class="banner column" role="status">
          <div class="row">
            <Spinner />
            <span class="grow ellipsis">Loading {model.name}</span>
            <span class="faint">{loadingText(model)}</span>
          </div>
          <Bar label="Loading" share={model.type === "loading" ? model.progress : 0} />
        </div>
      );
    case "failed":
      return (
        <div class="banner warning" role="status">
          <Icon name="error" />
          <div class="grow">
            <div>{model.reason}</div>
            <div class="next">{model.next}</div>
            <div class="row wrap buttons">
              {model.retrying && <span class="status">{<Spinner />}Trying again…</span>}
              <CommandButton command="showLog" />
              <CommandButton command="chooseModel" />
            </div>
          </div>
        </div>
      );
    default:
      return model satisfies never;
  }
}
