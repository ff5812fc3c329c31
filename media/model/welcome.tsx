/** What an empty chat shows: how to get a model, or what to ask it. */
import { t } from "@vscode/l10n";
import type { ComponentChildren } from "preact";
import type { ModelState, Offer } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { Bar } from "../page/bar.tsx";
import { compact } from "../page/format.ts";
import { Icon, Spinner } from "../page/icon.tsx";
import { connectingText, loadingText } from "./loading.ts";

export function Welcome({ model, fill }: { model: ModelState; fill: (text: string) => void }) {
  switch (model.type) {
    case "noModel":
      return <NoModel model={model} />;
    case "downloading":
      return <Downloading model={model} />;
    case "asleep":
      return (
        <Card icon="sparkle" title={t("Ready to start")}>
          <p class="model-name">{model.name}</p>
          <p>
            {model.remote
              ? t("Your first question connects to the engine at {0}.", model.remote.host)
              : (model.gone ?? t("Your first question loads the model."))}
          </p>
          {model.gone && <p>{t("Your next question loads the model again.")}</p>}
          <CommandButton command="loadModel" kind="primary" />
        </Card>
      );
    case "starting":
    case "loading":
      return (
        <Card icon="sparkle" title={model.remote ? connectingText(model) : t("Loading the model")}>
          {/* Until the endpoint names its model, the name is the endpoint's host, which the title already shows. */}
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

function NoModel({ model: { offer, problem } }: { model: ModelState & { type: "noModel" } }) {
  return (
    <Card icon="sparkle" title={t("Your own model")}>
      <p>{t("Nemotron runs on this machine. Your code stays here.")}</p>
      {problem && <p role="alert">{problem}</p>}
      <div class="welcome-actions">
        {offer && <CommandButton command="getModel" kind="primary" label={getText(offer)} />}
        <CommandButton command="chooseModel" kind={offer ? "link" : "primary"} label={offer && t("Choose Another…")} />
        <CommandButton command="connectRemote" kind="link" />
      </div>
      {offer && <p class="small">{t("On this machine: {0}", offer.fit)}</p>}
    </Card>
  );
}

function getText({ here, ...offer }: Offer): string {
  const [name, size] = [together(offer.name), together(offer.size)];
  const resumes = offer.resumes && together(offer.resumes);
  if (here) return t("Use {0}", name);
  const text = resumes ? t("Resume {0} · {1} of {2}", name, resumes, size) : t("Download {0} · {1}", name, size);
  // Keeps a line from beginning with the dot.
  return text.replace(" ·", "\u00a0·");
}

/** Keeps a name, or a number and its unit, on one line. */
const together = (words: string) => words.replaceAll(" ", "\u00a0");

function Downloading({ model: { name, progress, text } }: { model: ModelState & { type: "downloading" } }) {
  return (
    <Card icon="cloud-download" title={t("Downloading the model")}>
      <p class="model-name">{name}</p>
      <Bar label={t("Downloading")} share={progress} />
      <p class="small">{text}</p>
      <CommandButton command="cancelDownload" kind="link" />
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

function titleOf({ remedies, remote }: ModelState & { type: "failed" }): string {
  if (remedies?.includes("reloadWindow")) return t("A newer version is installed");
  if (remedies) return t("Choose which model to use");
  return remote ? t("The remote engine cannot be reached") : t("The model is not running");
}

function Failed({ model }: { model: ModelState & { type: "failed" } }) {
  const { reason, next, retrying, remote, remedies } = model;
  const usual = [remote ? "connectRemote" : "chooseModel", remote ? "useLocal" : "showLog"] as const;
  const [first, ...others] = remedies ?? (retrying ? [undefined, usual[1]] : usual);
  return (
    <Card icon={remedies ? "warning" : "error"} title={titleOf(model)}>
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
        {first && <CommandButton command={first} kind="primary" />}
        {others.map((command) => command && <CommandButton key={command} command={command} kind="link" />)}
      </div>
    </Card>
  );
}
