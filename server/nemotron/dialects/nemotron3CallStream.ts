/**
 * Reads a Nemotron 3 call while it is being written, and converts its text to the JSON of its arguments piece by piece.
 */
import { type CallPart, type CallStream, JsonCallStream } from "../callStream.ts";
import { possibleStart } from "../tags.ts";

const FUNCTION = /^<function=([^>\n]+)>/;
const PARAMETER = /^<parameter=([^>\n]+)>/;
const END_FUNCTION = "</function>";
const END_VALUE = "</parameter>";
/** A line break before the closing tag belongs to the format. */
const VALUE_ENDS = [END_VALUE, `\n${END_VALUE}`, `\r\n${END_VALUE}`];

/** Reads the values of parameters by the schema of the called tool. */
export type ValueReader = {
  /** Whether a parameter's value is always text. */
  isText(name: string, parameter: string): boolean;
  /** Converts the text of a parameter to its value. */
  read(name: string, parameter: string, text: string): unknown;
};

type Place = "start" | "json" | "parameters" | "valueStart" | "value" | "over";

export class Nemotron3CallStream implements CallStream {
  private readonly values: ValueReader;
  private readonly json = new JsonCallStream();
  private place: Place = "start";
  /** Text that has not been processed yet. */
  private rest = "";
  private name = "";
  private parameter = "";
  private parameters = 0;
  private parts: CallPart[] = [];

  constructor(values: ValueReader) {
    this.values = values;
  }

  push(text: string): CallPart[] {
    return this.run(text, false);
  }

  end(): CallPart[] {
    return this.run("", true);
  }

  get inString(): boolean {
    return this.place === "json" && this.json.inString;
  }

  private run(text: string, isOver: boolean): CallPart[] {
    if (this.place === "json") return this.json.push(text);
    this.rest += text;
    while (this.step(isOver));
    const { parts } = this;
    this.parts = [];
    return parts;
  }

  /** Returns whether more can be processed. */
  private step(isOver: boolean): boolean {
    switch (this.place) {
      case "start":
        return this.start();
      case "parameters":
        return this.between();
      case "valueStart":
        return this.valueStart(isOver);
      case "value":
        return this.value(isOver);
      default:
        return false;
    }
  }

  private start(): boolean {
    this.rest = this.rest.trimStart();
    if (/^[[{]/.test(this.rest)) {
      this.place = "json";
      this.parts = this.json.push(this.rest);
      return false;
    }
    const [opening, name] = FUNCTION.exec(this.rest) ?? [];
    if (opening === undefined || name === undefined) return false;
    this.take(opening.length);
    this.name = name;
    this.parts.push({ index: 0, name, text: "{" });
    this.place = "parameters";
    return true;
  }

  private between(): boolean {
    this.rest = this.rest.trimStart();
    if (this.rest.startsWith(END_FUNCTION)) {
      this.append("}");
      this.place = "over";
      return false;
    }
    const [opening, parameter] = PARAMETER.exec(this.rest) ?? [];
    if (opening === undefined || parameter === undefined) return false;
    this.take(opening.length);
    this.parameter = parameter;
    this.append(`${this.parameters++ > 0 ? ", " : ""}${JSON.stringify(parameter)}: `);
    this.place = "valueStart";
    return true;
  }

  private valueStart(isOver: boolean): boolean {
    if (!isOver && (this.rest === "" || this.rest === "\r")) return false;
    this.rest = this.rest.replace(/^\r?\n/, "");
    if (this.isText) this.append('"');
    this.place = "value";
    return true;
  }

  private value(isOver: boolean): boolean {
    const { at, after } = this.valueEnd(isOver);
    const certain = this.rest.slice(0, at);
    if (this.isText) this.append(JSON.stringify(certain).slice(1, -1));
    if (after === undefined) {
      if (this.isText) this.take(at);
      return false;
    }
    this.append(this.isText ? '"' : JSON.stringify(this.values.read(this.name, this.parameter, certain)));
    this.take(after);
    this.place = "parameters";
    return true;
  }

  /**
   * `at`: how far the value certainly reaches. `after`: where its closing tag ends, if the value ends at `at`. The
   * value itself can contain closing tags.
   */
  private valueEnd(isOver: boolean): { at: number; after?: number } {
    for (let from = 0; ; ) {
      const tag = this.rest.indexOf(END_VALUE, from);
      if (tag < 0) return { at: possibleStart(this.rest, VALUE_ENDS) };
      const after = tag + END_VALUE.length;
      const next = this.rest.slice(after).trimStart();
      const at = tag - (/\r?\n$/.exec(this.rest.slice(0, tag).slice(-2))?.[0].length ?? 0);
      if (next.startsWith("<parameter=")) return { at, after };
      const isLast = next.startsWith(END_FUNCTION) && next.slice(END_FUNCTION.length).trim() === "";
      if (isLast && isOver) return { at, after };
      if (isLast || "<parameter=".startsWith(next) || END_FUNCTION.startsWith(next)) return { at };
      from = after;
    }
  }

  private get isText(): boolean {
    return this.values.isText(this.name, this.parameter);
  }

  private append(text: string): void {
    if (text !== "") this.parts.push({ index: 0, text });
  }

  private take(length: number): void {
    this.rest = this.rest.slice(length);
  }
}
