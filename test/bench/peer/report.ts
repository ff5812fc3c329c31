/** What is printed at the end. */
import { readFileSync } from "node:fs";
import { machine } from "./machine.ts";
import type { Row } from "./results.ts";

type Report = {
  shape: string;
  model: string;
  threads: number;
  rounds: number;
  commands: string[];
  common: Row[];
  beyond: Row[];
  failures: string[];
};

export function withMachine(report: Report) {
  const { tag } = JSON.parse(readFileSync("node_modules/node-llama-cpp/llama/llama.cpp.info.json", "utf8"));
  return { machine: machine(), llamaCpp: String(tag), ...report };
}

export function textOf(report: ReturnType<typeof withMachine>): string {
  const { model, machine, threads, rounds, common, beyond, commands, llamaCpp, failures } = report;
  const tables = [
    { title: "the same on both", rows: common },
    { title: "what llama-server cannot do", rows: beyond },
  ];
  return [
    `${model}; ${machine}; ${threads} ${threads === 1 ? "thread" : "threads"}; ${rounds === 1 ? "1 round" : `medians of ${rounds} rounds`}\n`,
    ...tables.filter(({ rows }) => rows.length > 0).map(({ title, rows }) => `${tableOf(title, rows)}\n`),
    ...commands,
    `llama-server ${llamaCpp} is built with -O2, on the same compute libraries as ours. All else are its defaults.`,
    ...failures.map((failure) => `FAILED ${failure}`),
  ].join("\n");
}

/** In Markdown, aligned. */
function tableOf(title: string, rows: Row[]): string {
  const cells = [
    [title, "unit", "ours", "llama-server", "ratio", "goal"],
    ...rows.map(({ what, unit, ours, llamaServer, ratio, goal, met }) => [
      what,
      unit,
      shown(ours),
      shown(llamaServer),
      shown(ratio),
      goal === undefined ? "" : `${goal} ${met ? "met" : "MISSED"}`,
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join("\n");
}

const shown = (value: number | undefined) => value?.toLocaleString("en-US") ?? "failed";
