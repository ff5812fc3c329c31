/** What an empty chat shows: the way to a model, or what can be done with it. */
import { t } from "@vscode/l10n";
import type { ComponentChildren } from "preact";
import type { ModelState } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { compact } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";
import { Bar } from "../turns/bar.tsx";
import { Spinner } from "../turns/reply.tsx";
import { connectingText, loadingText } from "./loading.ts";

export function Welcome({ model, fill }: { model: ModelState; fill: (text: string) => void }) {
  switch (model.type) {
    case "noModel":
      return <NoModel />;
    case "asleep":
      return (
        <Card icon="sparkle" title={t("Ready to start")}>
          <p class="model-name">{model.name}</p>
          <p>
            {model.remote
              ? t("The engine at {0} is asked with your first question.", model.remote.host)
              : t("The model is loaded with your first question.")}
          </p>
          <CommandButton command="loadModel" kind="primary" />
        </Card>
      );
    case "starting":
    case "loading":
      return (
        <Card icon="sparkle" title={model.remote ? connectingText(model) : t("Loading the model")}>
          {/* Until it is there, the name of what an endpoint offers first is its host's. */}
          {model.name !== model.remote?.host && <p class="model-name">{model.name}</p>}
          {model.remote ? (
            <Spinner />
          ) : (
            <Bar label={t("Loading")} share={model.type === "loading" ? model.progress : 0} />
          )}
          {!model.remote && <p class="small">{loadingText(model)}</p>}
        </Card>
      );
    case "ready":
      return <Ready model={model} fill={fill} />;
    case "failed":
      return <Failed model={model} />;
    default:
      return model satisfies never;
  }
}

function Card({ icon, title, children }: { icon: string; title: string; children: ComponentChildren }) {
  return (
    <div class="welcome">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

function NoModel() {
  return (
    <Card icon="sparkle" title={t("A model of your own")}>
      <p>{t("Nemotron runs on this machine. Your code stays here.")}</p>
      <div class="welcome-actions">
        <CommandButton command="chooseModel" kind="primary" />
        <CommandButton command="getModel" kind="link" />
        <CommandButton command="connectRemote" kind="link" />
      </div>
      <p class="small">
        {t("It takes one file: Nemotron Nano 9B v2 as GGUF, about 6.5 GB at Q4_K_M.")}{" "}
        {t("It runs on a GPU with 10 GB, or on the CPU.")}
      </p>
    </Card>
  );
}

const examples = () => [
  t("Explain the selected code"),
  t("What could go wrong in this file?"),
  t("Write tests for this function"),
];

const hints = () => [
  { icon: "mention", text: t("attaches a file") },
  { icon: "comment-discussion", text: t("Right-click code and choose Explain") },
  { icon: "lightbulb", text: t("The status bar turns thinking on and off") },
];

function Ready({ model, fill }: { model: ModelState & { type: "ready" }; fill: (text: string) => void }) {
  return (
    <Card icon="sparkle" title={t("Ask about your code")}>
      <p class="model-name">{model.name}</p>
      <div class="examples">
        {examples().map((example) => (
          <button type="button" key={example} class="example" onClick={() => fill(example)}>
            {example}
          </button>
        ))}
      </div>
      <ul class="hints">
        {hints().map(({ icon, text }) => (
          <li key={icon}>
            <Icon name={icon} />
            {text}
          </li>
        ))}
      </ul>
      <p class="small">{t("{0} context · {1}", compact(model.contextTokens), model.where)}</p>
    </Card>
  );
}

function Failed({ model: { reason, next, retrying, remote } }: { model: ModelState & { type: "failed" } }) {
  return (
    <Card icon="error" title={remote ? t("The remote engine is not there") : t("The model is not running")}>
      <p>{reason}</p>
      {retrying ? (
        <p class="status centered">
          <Spinner />
          {t("Trying again…")}
        </p>
      ) : (
        <p>{next}</p>
      )}
      <div class="welcome-actions">
        {!retrying && <CommandButton command={remote ? "connectRemote" : "chooseModel"} kind="primary" />}
        <CommandButton command={remote ? "useLocal" : "showLog"} kind="link" />
      </div>
    </Card>
  );
}
