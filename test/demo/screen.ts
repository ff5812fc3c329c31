/** What the demo shows: pleasant in a terminal, plain in a pipe, or one JSON object a step. */
import type { ModelInfo, ReplyProgress, Usage } from "../../server/protocol.ts";

/** Where the demo writes its steps. */
export type Screen = {
  model(info: ModelInfo): void;
  step(name: string, title: string): void;
  say(text: string): void;
  stream(progress: ReplyProgress): void;
  diff(text: string): void;
  done(result: { usage: Usage } & Record<string, unknown>): void;
  reuse(usages: Usage[]): void;
};

export function jsonScreen(): Screen {
  let step = "";
  const print = (value: object) => console.log(JSON.stringify(value));
  const nothing = () => {};
  return {
    model: (model) => print({ step: "load", model }),
    step: (name) => {
      step = name;
    },
    done: (result) => print({ step, ...result }),
    say: nothing,
    stream: nothing,
    diff: nothing,
    reuse: nothing,
  };
}

export function terminalScreen(): Screen {
  const colours = process.stdout.isTTY && process.env.NO_COLOR === undefined;
  const style = (code: number) => (text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
  const [bold, dim, red, green, cyan] = [1, 2, 31, 32, 36].map(style) as [Style, Style, Style, Style, Style];
  const write = (text: string) => process.stdout.write(text);
  let last: ReplyProgress["type"] | undefined;
  return {
    model: (info) => {
      write(`${bold("Nemotron Local")}\n${describeModel(info)}\n`);
      if (info.toy)
        write(
          `${bold("This is a toy:")} a test model of 2.6 MB that knows a few sentences. --model FILE runs real weights.\n`,
        );
      for (const note of info.notes) write(`${note}\n`);
    },
    step: (_, title) => write(`\n${bold(cyan(`■ ${title}`))}\n`),
    say: (text) => write(`\n${bold("You")}  ${text}\n`),
    stream: (progress) => {
      if (progress.type !== "thought" && progress.type !== "answer") return;
      if (progress.type === "answer" && last === "thought") write("\n\n");
      last = progress.type;
      write(progress.type === "thought" ? dim(progress.text) : progress.text);
    },
    diff: (text) => {
      for (const line of text.trimEnd().split("\n"))
        write(`${line.startsWith("-") ? red(line) : line.startsWith("+") ? green(line) : line}\n`);
    },
    done: ({ usage }) => {
      write(`${last ? "\n" : ""}${dim(describeUsage(usage))}\n`);
      last = undefined;
    },
    reuse: (usages) => {
      write("\n");
      for (const [i, { readTokens, reusedTokens }] of usages.entries())
        write(
          `turn ${i + 1}: read ${String(readTokens).padStart(4)} tokens, reused ${String(reusedTokens).padStart(4)}\n`,
        );
    },
  };
}

type Style = (text: string) => string;

const MiB = 1024 ** 2;

function describeModel({
  name,
  backend,
  device,
  gpuLayers,
  totalLayers,
  contextTokens,
  threads,
  memory,
}: ModelInfo): string {
  const { weights, state, kv, compute } = memory;
  const where =
    backend === "cpu"
      ? `CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`
      : `${device ?? backend}, ${gpuLayers} of ${totalLayers} layers`;
  const sizes = Object.entries({ weights, state, kv, compute }).map(
    ([part, bytes]) => `${part} ${(bytes / MiB).toFixed(0)}`,
  );
  return `${name} · ${where} · ${contextTokens} tokens of context · MiB: ${sizes.join(", ")}`;
}

function describeUsage(usage: Usage): string {
  const thought = usage.thoughtTokens > 0 ? `thought ${usage.thoughtTokens} · ` : "";
  const speed = `first token ${usage.firstTokenMs.toFixed(0)} ms · ${usage.tokensPerSecond.toFixed(0)} tokens/s`;
  return `— ${thought}answer ${usage.answerTokens} · read ${usage.readTokens} · reused ${usage.reusedTokens} · ${speed}`;
}
