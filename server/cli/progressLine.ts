/** Shows progress on stderr: one line that is overwritten in a terminal, a few lines in a log. */
import { isStyled } from "./terminal.ts";

/** A log gets a line for each step of this many percent, and for each new kind of progress. */
const STEP_PERCENT = 10;

/** `show`: replaces the text. `end`: leaves the last text, and ends its line. */
export function progressLine(): { show: (text: string, percent: number) => void; end: () => void } {
  return isStyled(process.stderr) ? inPlace() : inLog();
}

function inPlace() {
  let shown = "";
  return {
    show: (text: string) => {
      if (text !== shown) process.stderr.write(`\r\u001b[K${text}`);
      shown = text;
    },
    end: () => {
      if (shown) process.stderr.write("\n");
    },
  };
}

function inLog() {
  let last = "";
  return {
    show: (text: string, percent: number) => {
      const step = Math.floor(percent / STEP_PERCENT);
      const what = /[a-z]{4,}[^·]*/i.exec(text)?.[0] ?? "";
      if (`${step} ${what}` !== last) console.error(text);
      last = `${step} ${what}`;
    },
    end: () => {},
  };
}
