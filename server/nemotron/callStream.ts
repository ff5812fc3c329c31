/** Tool calls while they are being written: their names, and the JSON of their arguments piece by piece. */

/**
 * `index`: the call's number in its block. `name` comes only with a call's first part; `text` continues its arguments.
 */
export type CallPart = { index: number; name?: string; text: string };

/** The parts do not say whether the block is valid: that is known only at its end. */
export interface CallStream {
  /** The parts in the next piece of a block's text. */
  push(text: string): CallPart[];
  /** The block has ended: returns the remaining parts. */
  end(): CallPart[];
  /** Whether the text so far ends inside a JSON string, where a closing tag is text. */
  readonly inString: boolean;
}

/** The part of the JSON at the current position. */
type Place = "between" | "key" | "beforeValue" | "name" | "object" | "text" | "other";

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/**
 * Reads calls in JSON: `[{"name": …, "arguments": {…}}]`, or one call without the brackets. The arguments can be a
 * string.
 */
export class JsonCallStream implements CallStream {
  private place: Place = "between";
  /** Nesting of objects and lists, counted from the call's own object. */
  private depth = 0;
  inString = false;
  private escape = "";
  private key = "";
  private index = -1;
  private name: string | undefined;
  private hasReportedName = false;
  /** Arguments that have not been reported yet. */
  private waiting = "";
  private hasArguments = false;
  private parts: CallPart[] = [];

  push(text: string): CallPart[] {
    for (const character of text) this.take(character);
    this.report();
    const { parts } = this;
    this.parts = [];
    return parts;
  }

  end(): CallPart[] {
    return [];
  }

  private take(character: string): void {
    if (this.inString) this.takeInString(character);
    else if (character === '"') this.beginString(character);
    else this.takeOutside(character);
  }

  private takeOutside(character: string): void {
    const opens = character === "{" || character === "[";
    if (this.depth === 0) {
      if (character === "{") this.beginCall();
      return;
    }
    if (opens) {
      if (this.depth === 1 && this.place === "beforeValue") this.place = this.valuePlace("object");
      this.depth++;
    }
    if (this.place === "object" && this.depth > 1) this.waiting += character;
    if (character === "}" || character === "]") {
      this.depth--;
      if (this.depth === 0) this.endCall();
    }
    if (this.depth !== 1) return;
    if (character === ":") this.place = "beforeValue";
    else if (character === "," || character === "}" || character === "]") this.place = "between";
  }

  private beginString(character: string): void {
    this.inString = true;
    if (this.depth === 1 && this.place === "between") {
      this.place = "key";
      this.key = "";
    } else if (this.depth === 1 && this.place === "beforeValue") {
      this.place = this.key === "name" ? "name" : this.valuePlace("text");
      if (this.place === "name") this.name = "";
    } else if (this.place === "object") this.waiting += character;
  }

  private takeInString(character: string): void {
    if (this.place === "object") this.waiting += character;
    if (this.escape !== "") this.takeEscaped(character);
    else if (character === "\\") this.escape = character;
    else if (character === '"') {
      this.inString = false;
      if (this.depth === 1) this.place = "between";
    } else this.append(character);
  }

  private takeEscaped(character: string): void {
    this.escape += character;
    if (this.escape[1] === "u" && this.escape.length < 6) return;
    this.append(
      this.escape[1] === "u"
        ? String.fromCharCode(Number.parseInt(this.escape.slice(2), 16))
        : (ESCAPES[character] ?? character),
    );
    this.escape = "";
  }

  /** Adds a character to the current string. */
  private append(character: string): void {
    if (this.place === "key") this.key += character;
    else if (this.place === "name") this.name += character;
    else if (this.place === "text") this.waiting += character;
  }

  private valuePlace(place: "object" | "text"): Place {
    if (this.key !== "arguments") return "other";
    this.hasArguments = true;
    return place;
  }

  private beginCall(): void {
    this.depth = 1;
    this.index++;
    this.place = "between";
    this.name = undefined;
    this.hasReportedName = false;
    this.waiting = "";
    this.hasArguments = false;
  }

  private endCall(): void {
    if (!this.hasArguments) this.waiting = "{}";
    this.report();
  }

  /** Arguments that come before the name wait for the name. */
  private report(): void {
    const { index, name, hasReportedName, waiting } = this;
    if (name === undefined || this.place === "name" || (hasReportedName && waiting === "")) return;
    this.parts.push({ index, ...(!hasReportedName && { name }), text: waiting });
    this.hasReportedName = true;
    this.waiting = "";
  }
}
