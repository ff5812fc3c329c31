/**
 * What a token costs the page, at the beginning of a reply and at its end: everything that the browser's main thread does
 * for it. Each token comes by itself and is drawn before the next.
 */
import { type CDPSession, chromium } from "playwright-core";
import { ChatPage } from "../page/chatPage.ts";
import { startServer } from "../page/server.ts";
import { conversation, model, reply, turn } from "../page/states.ts";
import { findChromium } from "../vscode/host/chromium.ts";
import { type Figure, round } from "./figures.ts";

const TOKENS = 10_000;
const TENTH = TOKENS / 10;
const TARGET_RATIO = 1.5;

/** Replies without an end, a piece for each token. */
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

/** Some four characters each, as tokens are. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,4}/g) ?? [];
}

export async function rendering(): Promise<Figure[]> {
  const server = await startServer();
  // Frames as fast as they can be drawn: the time between them is not measured.
  const args = ["--no-sandbox", "--disable-gpu", "--disable-frame-rate-limit", "--disable-gpu-vsync"];
  const browser = await chromium.launch({ executablePath: findChromium(), args });
  const figures: Figure[] = [];
  for (const [name, piece] of Object.entries(REPLIES)) {
    const chat = await ChatPage.open(browser, server);
    const cdp = await chat.page.context().newCDPSession(chat.page);
    await cdp.send("Performance.enable");
    // Compiles what will be measured.
    await begin(chat, "warm");
    await stream(chat, cdp, "warm", piece, 0, TENTH);
    await begin(chat, "measured");
    const first = await stream(chat, cdp, "measured", piece, 0, TENTH);
    await stream(chat, cdp, "measured", piece, TENTH, TOKENS - TENTH);
    const last = await stream(chat, cdp, "measured", piece, TOKENS - TENTH, TOKENS);
    await chat.close();
    const ratio = round(last / first);
    figures.push(
      { what: `drawing a token: ${name}, last tenth of ${TOKENS}`, value: round(last, 3), unit: "ms" },
      {
        what: "the same over the first tenth",
        value: ratio,
        unit: "x",
        target: `<= ${TARGET_RATIO}`,
        met: ratio <= TARGET_RATIO,
      },
    );
  }
  await browser.close();
  server.close();
  return figures;
}

async function begin(chat: ChatPage, id: string): Promise<void> {
  const running = turn({ id, reply: reply({ state: "answering", answer: "", usage: undefined }) });
  await chat.say(model(), conversation(running));
}

/** @returns the main thread's ms a token. */
async function stream(
  chat: ChatPage,
  cdp: CDPSession,
  id: string,
  piece: (token: number) => string,
  from: number,
  to: number,
): Promise<number> {
  const answers = Array.from({ length: to - from }, (_, token) => piece(from + token));
  const start = await busy(cdp);
  await chat.stream(id, answers);
  return (((await busy(cdp)) - start) / (to - from)) * 1000;
}

/** s that the main thread has been at work. */
async function busy(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
}
