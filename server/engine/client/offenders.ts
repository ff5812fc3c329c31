/** Refuses requests that have ended the engine twice. */
import { createHash } from "node:crypto";
import { t } from "@vscode/l10n";
import { EngineError } from "../engine.ts";
import type { EngineRequest, EngineRequests } from "./child.ts";

/** After this many deaths of the engine, a request is refused. */
const MOST_DEATHS = 2;
/** How many requests to remember. The ones whose last death is longest ago are forgotten first. */
const REMEMBERED = 256;

type Running = { key: string; heard: boolean };

export class Offenders {
  private readonly deaths = new Map<string, number>();
  private readonly running = new Map<number, Running>();

  /** Wraps an engine with the check. `request` throws EngineError endsEngine for a refused request. */
  guard(engine: EngineRequests): EngineRequests {
    return {
      request: async (request, options = {}) => {
        const key = keyOf(request);
        if (key === undefined) return engine.request(request, options);
        if ((this.deaths.get(key) ?? 0) >= MOST_DEATHS) throw endsEngine();
        const running = { key, heard: false };
        let id: number | undefined;
        try {
          const result = await engine.request(request, {
            ...options,
            onId: (given) => {
              id = given;
              this.running.set(given, running);
              options.onId?.(given);
            },
            onEvents: (events) => {
              running.heard = true;
              options.onEvents?.(events);
            },
          });
          this.deaths.delete(key);
          return result as never;
        } finally {
          if (id !== undefined && this.running.get(id) === running) this.running.delete(id);
        }
      },
    };
  }

  /**
   * Records that the engine has died by itself. Call this before reporting the death to any request.
   * @param id the request that the engine was working on, if known. Otherwise the suspects are the requests without any
   * event yet, or all running ones.
   */
  died(id?: number): void {
    const known = id === undefined ? undefined : this.running.get(id);
    const all = [...this.running.values()];
    const unheard = all.filter(({ heard }) => !heard);
    const suspects = known ? [known] : unheard.length > 0 ? unheard : all;
    this.running.clear();
    for (const key of new Set(suspects.map(({ key }) => key))) {
      const deaths = (this.deaths.get(key) ?? 0) + 1;
      this.deaths.delete(key);
      this.deaths.set(key, deaths);
    }
    for (const oldest of this.deaths.keys()) {
      if (this.deaths.size <= REMEMBERED) break;
      this.deaths.delete(oldest);
    }
  }
}

/** The key is the same for a prompt that is counted, read ahead, or answered. */
function keyOf(request: EngineRequest): string | undefined {
  if (request.type === "countTokens") return hash(request.texts);
  if (request.type === "respond" || request.type === "prepare" || request.type === "countPrompt")
    return hash([request.request.messages, request.request.tools ?? []]);
  return undefined;
}

const hash = (parts: unknown) => createHash("sha256").update(JSON.stringify(parts)).digest("base64");

function endsEngine(): EngineError {
  const reason = t("This request ended the engine unexpectedly twice, so it is not sent again.");
  const next = t("Remove part of it, such as an attached file, and send it again.");
  return new EngineError("endsEngine", reason, { reason, next });
}
