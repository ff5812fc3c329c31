/** Decodes text with two or four bytes a character: UTF-16 and UTF-32. */

/** The byte order mark. */
const MARK = 0xfeff;
const TEXT = /^[\t\n\r\f\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]+$/u;
/** If a larger share of the bytes is not zero, and is UTF-8, the file has one byte a character. */
const MOST_FILLED = 0.75;

/** Undefined for bytes with neither a byte order mark nor zeros. `text`: undefined for binary data. */
export function decodeWide(bytes: Uint8Array): { text: string | undefined } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const little of [true, false]) {
    if (bytes.length >= 4 && view.getUint32(0, little) === MARK) return { text: utf32(view, little)?.slice(1) };
    if (bytes.length >= 2 && view.getUint16(0, little) === MARK) return { text: marked(bytes, little) };
  }
  return bytes.includes(0) ? { text: isNarrow(bytes) ? undefined : unmarked(bytes, view) } : undefined;
}

/** The text of bytes in an encoding of TextDecoder. Undefined if the encoding is unknown or a byte is invalid. */
export function decoded(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const utf16 = (bytes: Uint8Array, little: boolean) => decoded(bytes, little ? "utf-16le" : "utf-16be");

function marked(bytes: Uint8Array, little: boolean): string | undefined {
  const text = utf16(bytes, little);
  return text?.includes("\0") ? undefined : text;
}

/** TextDecoder does not know UTF-32. */
function utf32(view: DataView, little: boolean): string | undefined {
  if (view.byteLength % 4 !== 0) return undefined;
  let text = "";
  for (let at = 0; at < view.byteLength; at += 4) {
    const code = view.getUint32(at, little);
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    text += String.fromCodePoint(code);
  }
  return text;
}

/** Whether there is one byte a character. UTF-16 has zeros at about every second place, or bytes that are no UTF-8. */
function isNarrow(bytes: Uint8Array): boolean {
  const rest = bytes.filter((byte) => byte !== 0);
  return rest.length > bytes.length * MOST_FILLED && decoded(rest, "utf-8") !== undefined;
}

/** The encoding that gives plausible text; of several, the text with the most ASCII. */
function unmarked(bytes: Uint8Array, view: DataView): string | undefined {
  const texts = [utf16(bytes, true), utf16(bytes, false), utf32(view, true), utf32(view, false)];
  const readable = texts.flatMap((text) => (text !== undefined && TEXT.test(text) ? [text] : []));
  const plain = (text: string) => text.match(/[\t\n\r -~]/g)?.length ?? 0;
  return readable.toSorted((a, b) => plain(b) - plain(a))[0];
}
