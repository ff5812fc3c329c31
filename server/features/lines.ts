/** Texts as lines. LSP knows three line endings; the model is only ever shown "\n". */
const LINE_ENDING = /\r\n|\r|\n/;

/** The lines without their endings. There is always one; a text that ends with a line ending has an empty last one. */
export function linesOf(text: string): string[] {
  return text.split(LINE_ENDING);
}

/** The same text with "\n" for every line ending. */
export function unixLines(text: string): string {
  return linesOf(text).join("\n");
}

export function isBlank(line: string): boolean {
  return !/\S/.test(line);
}
