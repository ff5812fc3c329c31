/** How many pages some items fill. */
export function pageCount(items: number, perPage: number): number {
  return Math.floor(items / perPage);
}

/** The items of one page, from 0. */
export function pageOf<T>(items: readonly T[], page: number, perPage: number): T[] {
  return items.slice(page * perPage, (page + 1) * perPage);
}
