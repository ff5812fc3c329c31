/** The last element; undefined if there is none. */
export function last(items: string[]): string | undefined {
  return items[items.length - 1];
}
