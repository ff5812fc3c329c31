/** The engine process: the wire at one end, the model at the other. It lives and dies with the server that started it. */
import { t } from "@vscode/l10n";
import { PromptError } from "../nemotron/prompt.ts";
import { EngineError, type ReplyEvent } from "./engine.ts";
import { speak } from "./language.ts";
import { type Loaded, load } from "./load.ts";
import { probe } from "./probe.ts";
import { countPrompt, prepare, respond } from "./respond.ts";
import { conversationKey } from "./states/whose.ts";
import { useStoredPackages } from "./storedPackages.ts";
import { ThoughtBudget } from "./thoughtBudget.ts";
import type { EngineResult, FromEngine, ToEngine, WireError } from "./wire.ts";

/** Text is sent at most this often, ms: a message a token would cost more than the token. */
const FLUSH_MS = 12;

let loaded: Loaded | undefined;
const running = new Map<number, { abort: AbortController; budget?: ThoughtBudget }>();

const send = (message: FromEngine) => {
  if (process.connected) process.send?.(message);
};

/** Collects a reply's events; the first goes out at once, those that follow closely go together. */
function batched(id: number) {
  let waiting: ReplyEvent[] = [];
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    send({ type: "events", id, events: waiting });
    waiting = [];
    last = performance.now();
  };
  const add = (event: ReplyEvent) => {
    if (!join(waiting.at(-1), event)) waiting.push({ ...event });
    const wait = last + FLUSH_MS - performance.now();
    if (wait <= 0) flush();
    else timer ??= setTimeout(flush, wait);
  };
  return { add, flush };
}

/** Adds an event's text to one that waits, where both are text of the same kind. The newer count holds. */
function join(waiting: ReplyEvent | undefined, event: ReplyEvent): boolean {
  if (!waiting || !("text" in waiting) || !("text" in event) || waiting.type !== event.type) return false;
  waiting.text += event.text;
  waiting.tokens = event.tokens;
  return true;
}

/** Progress in whole percents: the library tells of every tensor. */
function throttled(report: (progress: number) => void): (progress: number) => void {
  let last = -1;
  return (progress) => {
    const percent = Math.floor(progress * 100);
    if (percent > last) report(progress);
    last = Math.max(last, percent);
  };
}

function wireError(error: unknown, cancelled: boolean): WireError {
  if (error instanceof EngineError) return { code: error.code, message: error.message, data: error.data };
  const message = error instanceof Error ? error.message : String(error);
  return { message, badPrompt: error instanceof PromptError, cancelled };
}

async function handle(message: Exclude<ToEngine, { type: "cancel" }>, signal: AbortSignal): Promise<EngineResult> {
  if (message.type === "load") {
    speak(message.translations);
    if (message.backendsFolder) useStoredPackages(message.backendsFolder);
    loaded = await load({
      ...message,
      onBackend: (backend) => send({ type: "backend", backend }),
      onProgress: throttled((progress) => send({ type: "progress", progress })),
      onProblem: (problem) => console.error(problem),
    });
    return loaded.info;
  }
  if (message.type === "probe") {
    const { gpu: wanted = "auto", exclude, backendsFolder, translations } = message;
    speak(translations);
    if (backendsFolder) useStoredPackages(backendsFolder);
    return probe({ wanted, exclude, onBackend: (backend) => send({ type: "backend", backend }) });
  }
  if (!loaded) throw new EngineError("noModel", t("No model is loaded."));
  switch (message.type) {
    case "forget":
      await loaded.keeper.forget(conversationKey(message.owner, message.conversation));
      return null;
    case "save":
      for (const [id, { abort }] of running) if (id !== message.id) abort.abort(new Error("The engine is ending"));
      await loaded.keeper.saveAll(message.withinMs);
      return null;
    case "respond": {
      const budget = new ThoughtBudget(message.request.thinking);
      running.get(message.id)!.budget = budget;
      const events = batched(message.id);
      try {
        await respond(loaded, message.request, budget, signal, events.add);
        return null;
      } finally {
        events.flush();
      }
    }
    case "prepare":
      return prepare(loaded, message.request, signal);
    case "countPrompt":
      return countPrompt(loaded, message.request);
    case "countTokens": {
      const { tokenizer } = loaded;
      return message.texts.map((text) => tokenizer.tokenize(text).length);
    }
    case "answerNow":
      if (!running.get(message.reply)?.budget?.answerNow()) throw notThinking();
      return null;
    case "addBudget": {
      const budget = running.get(message.reply)?.budget;
      if (!budget?.add(message.tokens)) throw notThinking();
      return budget.value;
    }
  }
}

const notThinking = () => new EngineError("notThinking", t("There is no running thought."));

process.on("message", (message: ToEngine) => {
  if (message.type === "cancel") {
    running.get(message.id)?.abort.abort(new Error("Cancelled"));
    return;
  }
  const { id } = message;
  const abort = new AbortController();
  running.set(id, { abort });
  handle(message, abort.signal)
    .then(
      (result) => send({ type: "result", id, result }),
      (error) => send({ type: "error", id, error: wireError(error, abort.signal.aborted) }),
    )
    .finally(() => running.delete(id));
});

// The server is gone, or wants us gone. Whatever the model is doing, the process need not wait for it.
process.on("disconnect", () => process.exit(0));
