/** How far something is, on stderr: one line that is written over, and only when it says something else. */
export function progressLine(): { show: (text: string) => void; end: () => void } {
  let shown = "";
  return {
    show: (text) => {
      if (text !== shown) process.stderr.write(`\r\u001b[K${text}`);
      shown = text;
    },
    end: () => {
      if (shown) process.stderr.write("\n");
    },
  };
}
