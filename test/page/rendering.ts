/**
 * Measures what a token costs the page at the beginning and at the end of a reply, and with few and many steps of the
 * agent: all work of the browser's main thread. Each token arrives alone and is drawn before the next. test/bench/ starts this as a process of its own.
 */
import { type CDPSession, chromium } from "playwright-core";
import type { ToPage } from "../../media/messages.ts";
import { type Figure, round } from "../bench/figures.ts";
import { findChromium } from "../vscode/host/chromium.ts";
import { RUNNING_ROW, row, runningAgent } from "./agentStates.ts";
import { ChatPage } from "./chatPage.ts";
import { startServer } from "./server.ts";
import { conversation, model, reply, turn } from "./states.ts";

const TOKENS = 10_000;
/** Tokens that are measured at the beginning and at the end. */
const MEASURED = 300;
/** Tokens per message in between, which are not measured. */
const AT_ONCE = 40;
const TARGET_RATIO = 1.5;
/** Steps of an agent's turn. */
const STEPS = 50;

/** Time that the browser's main thread works: on the page's scripts, and in total. */
type Busy = { scripts: number; all: number };

/** Endless replies, one piece per token. */
const REPLIES: Record<string, (token: number) => string> = {
  mix: (token) => MIX[token % MIX.length]!,
  "one code block": (token) => (token === 0 ? "```ts\n" : CODE[token % CODE.length]!),
  "one list": (token) => ITEM[token % ITEM.length]!.replace("#", String(token)),
};

const PROSE = "Every comparison with `NaN` is **false**, so neither bound applies and the value falls through. ";
const CODE = pieces(
  "export function clamp(x: number, min = -Infinity): number {\n  return Math.max(x, min); // kept\n}\n",
);
const ITEM = pieces("- item # has some **words** and `code` to it\n");
const MIX = pieces(
  `${PROSE.repeat(3)}\n\n${"- an item with `code` in it\n".repeat(5)}\n\`\`\`ts\n${CODE.join("")}\`\`\`\n\n`,
);

/** Pieces of about four characters, like tokens. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,4}/g) ?? [];
}

async function rendering(): Promise<Figure[]> {
  const server = await startServer();
  // Without a limit on frames, because the time between them is not measured.
  const args = ["--no-sandbox", "--disable-gpu", "--disable-frame-rate-limit", "--disable-gpu-vsync"];
  const browser = await chromium.launch({ executablePath: findChromium(), args });
  const figures: Figure[] = [];
  for (const [name, piece] of Object.entries(REPLIES)) {
    const chat = await ChatPage.open(browser, server);
    const cdp = await chat.page.context().newCDPSession(chat.page);
    await cdp.send("Performance.enable");
    // Has the browser compile what will be measured.
    await begin(chat, "warm");
    await chat.stream("warm", range(piece, 0, MEASURED));
    await begin(chat, "measured");
    const token = (answers: string[]) => () => chat.stream("measured", answers);
    const first = await measured(cdp, token(range(piece, 0, MEASURED)));
    await chat.stream("measured", batches(range(piece, MEASURED, TOKENS - MEASURED)));
    const last = await measured(cdp, token(range(piece, TOKENS - MEASURED, TOKENS)));
    await chat.close();
    figures.push(...compared(`a token of ${name}`, `at the end of ${TOKENS}`, "at the beginning", first, last));
  }
  figures.push(...(await steps(await ChatPage.open(browser, server))));
  await browser.close();
  server.close();
  return figures;
}

/** The tokens of a step's thought, after no other step and after many. */
async function steps(chat: ChatPage): Promise<Figure[]> {
  const cdp = await chat.page.context().newCDPSession(chat.page);
  await cdp.send("Performance.enable");
  const tokens = Array.from({ length: MEASURED }, (_, token): ToPage => {
    const counts = { thoughtTokens: token, thoughtMs: token * 20 };
    return { type: "rowDelta", turn: "t1", row: RUNNING_ROW.id, thought: " now", ...counts };
  });
  const after = async (steps: number) => {
    const rows = Array.from({ length: steps }, (_, at) => row({ id: `step ${at}`, title: `Read cart.ts ${at}-80` }));
    await chat.say(model(), conversation(runningAgent({ rows: [...rows, RUNNING_ROW] })));
    return measured(cdp, () => chat.sayEach(tokens));
  };
  // Has the browser compile what will be measured.
  await after(STEPS);
  const [few, many] = [await after(0), await after(STEPS)];
  return compared("a token of a step's thought", `after ${STEPS} steps`, "in the first step", few, many);
}

/** Only the scripts' part has a limit. The browser's own part is reported, but grows with the page. */
function compared(what: string, late: string, early: string, first: Busy, last: Busy): Figure[] {
  const ratio = round(last.scripts / first.scripts);
  const promise = { target: `<= ${TARGET_RATIO}`, met: ratio <= TARGET_RATIO };
  return [
    { what: `drawing ${what}, our part, ${late}`, value: round(last.scripts), unit: "ms" },
    { what: `the same over one ${early}`, value: ratio, unit: "x", ...promise },
    { what: "the browser's layout and painting with it", value: round(last.all), unit: "ms" },
    { what: `the same over one ${early}`, value: round(last.all / first.all), unit: "x" },
  ];
}

async function begin(chat: ChatPage, id: string): Promise<void> {
  const running = turn({ id, reply: reply({ state: "answering", answer: "", usage: undefined }) });
  await chat.say(model(), conversation(running));
}

const range = (piece: (token: number) => string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, token) => piece(from + token));

function batches(answers: string[]): string[] {
  return range((batch) => answers.slice(batch * AT_ONCE, (batch + 1) * AT_ONCE).join(""), 0, answers.length / AT_ONCE);
}

/** @param draw draws MEASURED tokens. @returns ms a token. */
async function measured(cdp: CDPSession, draw: () => Promise<void>): Promise<Busy> {
  const start = await busy(cdp);
  await draw();
  const end = await busy(cdp);
  const each = (key: keyof Busy) => ((end[key] - start[key]) / MEASURED) * 1000;
  return { scripts: each("scripts"), all: each("all") };
}

/** How long the main thread has worked so far, s. */
async function busy(cdp: CDPSession): Promise<Busy> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const value = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return { scripts: value("ScriptDuration"), all: value("TaskDuration") };
}

process.send?.(await rendering());
