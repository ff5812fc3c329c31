/**
 * Text typed into a document after the key that opens an input, before that input has the focus: removed from the
 * document again, exactly, and kept for the input. Pure: no VS Code API. Positions are offsets in UTF-16 code units.
 */
import { applyChanges, type Change } from "../editor/hunks.ts";

type Span = { start: number; end: number };
/** A cursor's range: `was` in the text without the typed letters, `is` in the present text. */
type Place = { was: Span; is: Span; touched: boolean };
type Letter = { text: string /** Inserted by the editor: a closing bracket. */; auto: boolean };

/** Pairs that the editor closes automatically or puts around a selection. */
const PAIRS = new Map([..."()[]{}<>«»"].flatMap((char, i, all) => (i % 2 === 0 ? [[char, all[i + 1]!] as const] : [])));
for (const quote of "\"'`*_") PAIRS.set(quote, quote);

export class StrayInput {
  private base: string;
  private text: string;
  private readonly places: Place[];
  /** Typed at the first cursor; the others have the same. Undefined while its selection is still there. */
  private letters: Letter[] | undefined;

  /** @param selections where the cursors are, the main one first. */
  constructor(text: string, selections: readonly Span[]) {
    this.base = text;
    this.text = text;
    this.places = selections.map(({ start, end }) => ({ was: { start, end }, is: { start, end }, touched: false }));
  }

  /** The document has changed: by a key at a cursor, or elsewhere by something else. */
  changed(changes: readonly Change[]): void {
    const [first] = this.places;
    const here = changes.filter((change) => first && touches(change, first.is));
    if (first && here.length > 0) this.type(here, first.is);
    for (const change of [...changes].sort((a, b) => b.offset - a.offset)) this.follow(change);
    this.text = applyChanges(this.text, changes).text;
  }

  /** What was typed, up to Enter. */
  get typed(): string {
    const all = this.all;
    const enter = all.search(/[\r\n]/);
    return enter < 0 ? all : all.slice(0, enter);
  }

  /** Enter was pressed, too. */
  get entered(): boolean {
    return /[\r\n]/.test(this.all);
  }

  get found(): boolean {
    return this.places.some(({ touched }) => touched);
  }

  /** The changes that restore the document. */
  get restoration(): Change[] {
    return this.places
      .filter(({ touched }) => touched)
      .map(({ was, is }) => ({
        offset: is.start,
        length: is.end - is.start,
        text: this.base.slice(was.start, was.end),
      }));
  }

  private get all(): string {
    return (this.letters ?? []).map(({ text, auto }) => (auto ? "" : text)).join("");
  }

  private type(changes: readonly Change[], { start, end }: Span): void {
    const around = changes.length === 2 && changes.every(({ length }) => length === 0);
    if (!this.letters && around) {
      // A selection with a quote or a bracket at either end.
      const opening = changes.reduce((a, b) => (a.offset < b.offset ? a : b)).text;
      this.letters = [
        ...lettersOf(opening),
        { text: "\0".repeat(end - start), auto: true },
        { text: "\0", auto: true },
      ];
      return;
    }
    for (const { offset, length, text } of [...changes].sort((a, b) => b.offset - a.offset)) {
      const before = this.letters ?? [];
      const from = this.letters ? clamp(offset - start, before.length) : 0;
      const to = this.letters ? clamp(offset + length - start, before.length) : 0;
      const closing = before[from];
      const overtyped = to === from + 1 && closing?.auto && closing.text === text;
      this.letters = [
        ...before.slice(0, from),
        ...(overtyped ? [{ text, auto: false }] : lettersOf(text)),
        ...before.slice(to),
      ];
    }
  }

  private follow({ offset, length, text }: Change): void {
    const shift = text.length - length;
    const hit = this.places.find(({ is }) => touches({ offset, length, text }, is));
    for (const place of this.places) {
      if (place === hit || place.is.start < offset + length) continue;
      if (hit && place.is.start < hit.is.start) continue;
      place.is = moved(place.is, shift);
      // A change elsewhere stays, so it moves the place in the original text, too.
      if (!hit) place.was = moved(place.was, shift);
    }
    if (!hit) {
      const at = this.inBase(offset);
      this.base = applyChanges(this.base, [{ offset: at, length, text }]).text;
      return;
    }
    const left = Math.max(0, hit.is.start - offset);
    const right = Math.max(0, offset + length - hit.is.end);
    hit.was = { start: hit.was.start - left, end: hit.was.end + right };
    hit.is = { start: hit.is.start - left, end: hit.is.end + right + shift };
    hit.touched = true;
  }

  /** The offset in the original text of a place that is at no cursor. */
  private inBase(offset: number): number {
    const before = this.places.filter(({ is }) => is.end < offset);
    return before.reduce((at, { was, is }) => at + (was.end - was.start) - (is.end - is.start), offset);
  }
}

const touches = ({ offset, length }: Change, { start, end }: Span) => offset <= end && offset + length >= start;
const moved = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by });
const clamp = (index: number, length: number) => Math.min(Math.max(index, 0), length);

function lettersOf(text: string): Letter[] {
  const isPair = text.length === 2 && PAIRS.get(text[0]!) === text[1];
  return [...text].flatMap((char, i) =>
    // One letter a code unit, as offsets count.
    char.split("").map((unit) => ({ text: unit, auto: isPair && i === 1 })),
  );
}
