/** What an empty chat shows: the way to a model, or what can be done with it. */
import { t } from "@vscode/l10n";
import type { ComponentChildren } from "preact";
import type { ModelState, Offer } from "../messages.ts";
import { CommandButton } from "../page/actions.tsx";
import { compact } from "../page/format.ts";
import { Icon } from "../page/icon.tsx";
import { Bar } from "../turns/bar.tsx";
import { Spinner } from "../turns/reply.tsx";
import { connectingText, loadingText } from "./loading.ts";

export function Welcome({ model, fill }: { model: ModelState; fill: (text: string) => void }) {
  switch (model.type) {
    case "noModel":
      return <NoModel offer={model.offer} />;
    case "downloading":
      return <Downloading model={model} />;
    case "asleep":
      return (
        <Card icon="sparkle" title={t("Ready to start")}>
          <p class="model-name">{model.name}</p>
          <p>
            {model.remote
              ? t("The engine at {0} is asked with your first question.", model.remote.host)
              : (model.gone ?? t("The model is loaded with your first question."))}
          </p>
          {model.gone && <p>{t("The model is loaded again with your next question.")}</p>}
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

function NoModel({ offer }: { offer: Offer | undefined }) {
  return (
    <Card icon="sparkle" title={t("A model of your own")}>
      <p>{t("Nemotron runs on this machine. Your code stays here.")}</p>
      <div class="welcome-actions">
        {offer && <CommandButton command="getModel" kind="primary" label={getText(offer)} />}
        <CommandButton command="chooseModel" kind={offer ? "link" : "primary"} label={offer && t("Choose another…")} />
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
  const text = resumes ? t("Go on with {0} · {1} of {2}", name, resumes, size) : t("Get {0} · {1}", name, size);
  // No line begins with the dot.
  return text.replace(" ·", "\u00a0·");
}

/** A name, or a number and its unit, are not torn apart at the end of a line. */
const together = (words: string) => words.replaceAll(" ", "\u00a0");

function Downloading({ model: { name, progress, text } }: { model: ModelState & { type: "downloading" } }) {
  return (
    <Card icon="cloud-download" title={t("Getting the model")}>
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
  if (remedies?.includes("reloadWindow")) return t("A newer version is here");
  if (remedies) return t("The decision is yours");
  return remote ? t("The remote engine is not there") : t("The model is not running");
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
