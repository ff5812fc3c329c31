/** The engine process: connects the IPC channel to the model. It ends together with the process that started it. */
import { t } from "@vscode/l10n";
import { EngineError, type ReplyEvent } from "../engine.ts";
import { toWireError } from "../errors.ts";
import { probe } from "../gpu/probe.ts";
import { useStoredPackages } from "../gpu/storedPackages.ts";
import { joinText } from "../joinText.ts";
import { setTranslations } from "../language.ts";
import { conversationKey } from "../states/origin.ts";
import { ThoughtBudget } from "../thoughtBudget.ts";
import type { EngineResult, FromEngine, ToEngine } from "../wire.ts";
import { type Loaded, load } from "./load.ts";
import { countPrompt, prepare, respond } from "./respond.ts";
import { runInSteps } from "./steps.ts";
import { watchParent } from "./watchParent.ts";

/** Minimum time between two messages with text, ms: a message for each token would cost more than the token. */
const FLUSH_MS = 12;

let loaded: Loaded | undefined;
const running = new Map<number, { abort: AbortController; budget?: ThoughtBudget }>();

const send = (message: FromEngine) => {
  // If the parent process no longer listens, "disconnect" follows.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};

/**
 * Batches the events of a reply. The first event and the first text go out at once; events that follow closely are sent
 * together.
 */
function batched(id: number) {
  let waiting: ReplyEvent[] = [];
  let last = 0;
  let isReading = true;
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
    const begins = isReading && event.type !== "reading";
    if (begins) isReading = false;
    if (begins || wait <= 0) flush();
    else timer ??= setTimeout(flush, wait);
  };
  return { add, flush };
}

/** Reports progress in whole percents: the library reports every tensor. */
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
    setTranslations(message.translations);
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
    setTranslations(translations);
    if (backendsFolder) useStoredPackages(backendsFolder);
    watchParent();
    return probe({ wanted, exclude, onBackend: (backend) => send({ type: "backend", backend }) });
  }
  if (!loaded) throw new EngineError("noModel", t("No model is loaded."));
  switch (message.type) {
    case "forget":
      await loaded.stateSaver.forget(conversationKey(message.owner, message.conversation));
      return null;
    case "save":
      for (const [id, { abort }] of running) if (id !== message.id) abort.abort(new Error("The engine is ending"));
      await loaded.stateSaver.saveAll(message.withinMs);
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
      return countPrompt(loaded, message.request, signal);
    case "countTokens": {
      const { tokenizer } = loaded;
      const counts: number[] = [];
      for (const text of message.texts) counts.push((await runInSteps(tokenizer.tokenizeSteps(text), signal)).length);
      return counts;
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
    // The model computes in other threads, so this thread is free even if a driver hangs. Answer only if no step hangs.
    if (!loaded || loaded.gate.stepMs <= message.stepMs) send({ type: "pong" });
    return;
  }
  const { id } = message;
  const abort = new AbortController();
  running.set(id, { abort });
  // If native code fails on a text, it does so here, before the first await.
  const hasText = "request" in message || message.type === "countTokens";
  if (hasText) send({ type: "works", id });
  const handled = handle(message, abort.signal);
  if (hasText) send({ type: "works" });
  handled
    .then(
      (result) => send({ type: "result", id, result }),
      (error) => send({ type: "error", id, error: toWireError(error, abort.signal.aborted) }),
    )
    .finally(() => running.delete(id));
});

// The parent process is gone, or wants this process to end. After all listeners of "exit", Node would wait for the
// model's current work, so the last listener kills the process. The library's listeners end processes that it started.
process.on("disconnect", () => {
  process.on("exit", () => process.kill(process.pid, "SIGKILL"));
  process.exit(0);
});
