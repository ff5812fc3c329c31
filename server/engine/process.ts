/** The engine process: the wire at one end, the model at the other. It lives and dies with the server that started it. */
import { t } from "@vscode/l10n";
import { EngineError, type ReplyEvent } from "./engine.ts";
import { wireError } from "./errors.ts";
import { joinText } from "./joinText.ts";
import { speak } from "./language.ts";
import { type Loaded, load } from "./load.ts";
import { probe } from "./probe.ts";
import { countPrompt, prepare, respond } from "./respond.ts";
import { conversationKey } from "./states/whose.ts";
import { useStoredPackages } from "./storedPackages.ts";
import { ThoughtBudget } from "./thoughtBudget.ts";
import { watchParent } from "./watchParent.ts";
import type { EngineResult, FromEngine, ToEngine } from "./wire.ts";

/** Text is sent at most this often, ms: a message a token would cost more than the token. */
const FLUSH_MS = 12;

let loaded: Loaded | undefined;
const running = new Map<number, { abort: AbortController; budget?: ThoughtBudget }>();

const send = (message: FromEngine) => {
  // Where nobody is there to take it any more, "disconnect" is next.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
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
    if (!joinText(waiting.at(-1), event)) waiting.push({ ...event });
    const wait = last + FLUSH_MS - performance.now();
    if (wait <= 0) flush();
    else timer ??= setTimeout(flush, wait);
  };
  return { add, flush };
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

async function handle(
  message: Exclude<ToEngine, { type: "cancel" | "ping" }>,
  signal: AbortSignal,
): Promise<EngineResult> {
  if (message.type === "load") {
    speak(message.translations);
    if (message.backendsFolder) useStoredPackages(message.backendsFolder);
    const unwatch = watchParent();
    loaded = await load({
      ...message,
      onBackend: (backend) => send({ type: "backend", backend }),
      onProgress: throttled((progress) => send({ type: "progress", progress })),
      onProblem: (problem) => console.error(problem),
    }).finally(unwatch);
    return loaded.info;
  }
  if (message.type === "probe") {
    const { gpu: wanted = "auto", exclude, backendsFolder, translations } = message;
    speak(translations);
    if (backendsFolder) useStoredPackages(backendsFolder);
    watchParent();
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
  if (message.type === "ping") {
    // What the model does, it does in other threads: this one is free also when a driver hangs, and must not speak for it.
    if (!loaded || loaded.gate.stepMs <= message.stepMs) send({ type: "pong" });
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

// The server is gone, or wants us gone. Node would wait for whatever the model is doing, behind the last of "exit"'s listeners;
// others are the library's, which end processes that it has started.
process.on("disconnect", () => {
  process.on("exit", () => process.kill(process.pid, "SIGKILL"));
  process.exit(0);
});
