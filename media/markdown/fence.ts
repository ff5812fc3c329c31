/** Code fences that are not indented. While a fence is open, its lines need no parser. Pure. */

/** `mark`: the backticks or tildes. `info`: the text after them. */
export type Fence = { mark: string; info: string };

/** The fence that a line opens, if the line alone can tell. */
export function openingFence(line: string): Fence | undefined {
  // The next line could make a line with a bar the head of a table.
  const [, mark, info] = /^(`{3,}|~{3,})([^|]*)$/.exec(line) ?? [];
  if (mark === undefined || info === undefined || (mark.startsWith("`") && info.includes("`"))) return undefined;
  return { mark, info };
}

/** Whether a line ends the fence (CommonMark, "Fenced code blocks"). */
export function closesFence(line: string, { mark }: Fence): boolean {
  const [, closing] = /^ {0,3}(`+|~+)[ \t]*$/.exec(line) ?? [];
  return closing !== undefined && closing[0] === mark[0] && closing.length >= mark.length;
}

/** Whether an incomplete line may still become the fence's end. */
export function mayCloseFence(line: string, { mark }: Fence): boolean {
  const [, closing] = /^ {0,3}(`*|~*)[ \t]*$/.exec(line) ?? [];
  return closing !== undefined && (closing === "" || closing[0] === mark[0]);
}
