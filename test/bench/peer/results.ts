/** The figures of all rounds, and their medians. */
import { type Figure, median, round } from "../figures.ts";
import { verdict } from "./goals.ts";
import type { ShapeName } from "./shapes.ts";
import type { Side } from "./sides.ts";

type Name = Side["name"];
export type Row = {
  what: string;
  unit: string;
  /** Undefined where that side failed. */
  ours?: number;
  llamaServer?: number;
  ratio?: number;
  /** Each round's value, of ours and of llama-server. */
  rounds: [number[], number[]];
  goal?: string;
  met?: boolean;
};

export class Results {
  private readonly values = new Map<string, { unit: string } & Record<Name, number[]>>();

  add(side: Name, figures: Figure[]): void {
    for (const { what, unit, value } of figures) {
      const known = this.values.get(what) ?? { unit, ours: [], "llama-server": [] };
      known[side].push(value);
      this.values.set(what, known);
    }
  }

  rows(shape: ShapeName): Row[] {
    return [...this.values].map(([what, { unit, ours, "llama-server": theirs }]) => {
      const rounds = [ours, theirs].map((values) => values.map(significant)) as Row["rounds"];
      const row = { what, unit, ours: middle(ours), llamaServer: middle(theirs), rounds };
      if (row.ours === undefined || row.llamaServer === undefined) return row;
      const ratio = round(row.ours / row.llamaServer);
      return { ...row, ratio, ...verdict(what, shape, ratio) };
    });
  }
}

const middle = (values: number[]) => (values.length > 0 ? significant(median(values)) : undefined);

const significant = (value: number) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
