/** One line of the benchmark. */
export type Figure = { what: string; value: number; unit: string; target?: string; met?: boolean };

export const round = (value: number, digits = 2) => Number(value.toFixed(digits));

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
