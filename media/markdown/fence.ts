/** A code fence at the margin whose end has not come: its lines need no parser. Pure. */

export type Fence = { mark: string; info: string };

/** The fence that a line opens, if the line alone can tell. */
export function openingFence(line: string): Fence | undefined {
  // With a bar in it, the next line could make it a table's head.
  const [, mark, info] = /^(`{3,}|~{3,})([^|]*)$/.exec(line) ?? [];
  if (mark === undefined || info === undefined || (mark.startsWith("`") && info.includes("`"))) return undefined;
  return { mark, info };
}

export function closesFence(line: string, { mark }: Fence): boolean {
  const [, closing] = /^ {0,3}(`+|~+)[ \t]*$/.exec(line) ?? [];
  return closing !== undefined && closing[0] === mark[0] && closing.length >= mark.length;
}

/** Whether a line may still become the fence's end. */
export function mayCloseFence(line: string, { mark }: Fence): boolean {
  const [, closing] = /^ {0,3}(`*|~*)[ \t]*$/.exec(line) ?? [];
  return closing !== undefined && (closing === "" || closing[0] === mark[0]);
}
