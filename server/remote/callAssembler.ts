/** Assembles the tool calls of a reply from their pieces. Pure. */

import type { ToolCall } from "../protocol.ts";
import { parseJson } from "../shared/depth.ts";
import { type CallPiece, isRecord } from "./chunk.ts";

type Draft = { index: number | undefined; id: string; name: string; args: string[] };

/**
 * OpenAI numbers the calls of a reply with `index`, sends the name and the id of each once, and its arguments in
 * pieces. Others differ. Older Ollamas omit the index. vLLM, SGLang and LMDeploy used 0 for all calls, and gateways to
 * Gemini still do. Some repeat the name, the id, or all arguments so far with each piece.
 */
export class CallAssembler {
  private readonly tools: ReadonlySet<string>;
  private readonly mend: (text: string) => string;
  private readonly drafts: Draft[] = [];

  /**
   * @param tools the names that may be called.
   * @param mend repairs the text of arguments.
   */
  constructor(tools: readonly string[], mend = (text: string) => text) {
    this.tools = new Set(tools);
    this.mend = mend;
  }

  /** Whether any piece of a call has come. */
  get hasBegun(): boolean {
    return this.drafts.length > 0;
  }

  /** Adds the pieces of one chunk. */
  push(pieces: readonly CallPiece[]): void {
    const here = new Set<Draft>();
    for (const piece of pieces) {
      const { index, id, name } = piece;
      const found = this.find(piece);
      // Without index and id, each piece with a name in one chunk is a call of its own.
      const isNext = found && here.has(found) && name !== "" && (id === "" || id !== found.id);
      const draft = found && !isNext ? found : { index, id, name: "", args: [] };
      if (draft !== found) this.drafts.push(draft);
      draft.id ||= id;
      draft.name = this.joined(draft.name, name);
      const text = textOf(piece.args);
      if (text !== "") draft.args.push(text);
      here.add(draft);
    }
  }

  /**
   * The readable calls in their order, and the name of the first unreadable one.
   * @param isCut the reply did not end by itself. Then a last call without arguments is incomplete.
   */
  end(isCut = false): { calls: ToolCall[]; unreadable?: string } {
    const last = this.drafts.at(-1);
    const numbered = this.drafts.every(({ index }) => index !== undefined);
    const drafts = numbered ? this.drafts.toSorted((a, b) => a.index! - b.index!) : this.drafts;
    const read = drafts.map((draft) => {
      const isBegun = isCut && draft === last && draft.args.length === 0;
      return { draft, call: isBegun ? undefined : callOf(draft, this.mend) };
    });
    const broken = read.find(({ call }) => call === undefined);
    return { calls: read.flatMap(({ call }) => call ?? []), unreadable: broken?.draft.name };
  }

  /** The call that a piece belongs to; undefined if the piece begins one. */
  private find(piece: CallPiece): Draft | undefined {
    const { index, id, name } = piece;
    const here = index === undefined ? this.drafts : this.drafts.filter((draft) => draft.index === index);
    const named = id === "" ? undefined : here.findLast((draft) => draft.id === id);
    const last = named ?? here.at(-1);
    if (!last || name === "") return last;
    return this.isAnother(last, piece) ? undefined : last;
  }

  private isAnother({ id, name, args }: Draft, piece: CallPiece): boolean {
    const { tools } = this;
    const sameId = piece.id !== "" && piece.id === id;
    const otherId = piece.id !== "" && id !== "" && piece.id !== id;
    if (name === "") return false;
    if (piece.name === name) {
      const text = textOf(piece.args).trim();
      const isWhole = parse(args) !== undefined;
      if (sameId) return false;
      if (otherId) return isWhole || text === "" || text.startsWith("{");
      return isWhole && args.length > 0 && text !== "" && text !== args.join("").trim();
    }
    // A name can also come in pieces, but only before the arguments.
    if (args.length > 0 || otherId) return true;
    if (tools.has(piece.name)) return tools.has(name) || !piece.name.startsWith(name);
    if (tools.has(name + piece.name)) return false;
    return tools.has(name) || ![...tools].some((tool) => tool.startsWith(name + piece.name));
  }

  private joined(name: string, more: string): string {
    if (more === "" || more === name) return name;
    return more.startsWith(name) && this.tools.has(more) ? more : name + more;
  }
}

const textOf = (args: unknown): string =>
  typeof args === "string" ? args : args === undefined ? "" : JSON.stringify(args);

function callOf({ name, args }: Draft, mend: (text: string) => string): ToolCall | undefined {
  const parsed = parse(args, mend);
  return name.trim() === "" || !parsed ? undefined : { name: name.trim(), arguments: parsed };
}

/** Undefined if the arguments are not (yet) a JSON object. */
function parse(args: readonly string[], mend = (text: string) => text): Record<string, unknown> | undefined {
  const whole = mend(args.join("").trim());
  if (whole === "" || whole === "null") return {};
  const [first = "", ...rest] = args;
  return (
    objectIn(whole) ??
    // Each piece repeats everything so far.
    (rest.length > 0 && args.every((text, i) => i === 0 || text.startsWith(args[i - 1]!))
      ? objectIn(mend(args.at(-1)!))
      : undefined) ??
    // An empty object first, then the pieces of the real object.
    (first.trim() === "{}" ? objectIn(mend(rest.join(""))) : undefined)
  );
}

/** Some endpoints encode the object's text as JSON again. */
function objectIn(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text);
  return typeof value === "string" ? objectIn(value) : isRecord(value) ? value : undefined;
}
