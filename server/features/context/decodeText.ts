/** Decodes the bytes of a file in any encoding. Never replaces unreadable bytes. */
import { decoded, decodeWide } from "./decodeWide.ts";

/** How much of a file to look at to detect its encoding, bytes. */
const SAMPLE = 64 * 1024;
/** The decoder's names for encodings that the detection names differently. */
const LABELS: Record<string, string> = {
  cp932: "shift_jis",
  "windows-31j": "shift_jis",
  cp949: "euc-kr",
  gb2312: "gb18030",
  gbk: "gb18030",
};
const MULTI_BYTE = new Set(["gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "iso-2022-jp"]);
/** Other encodings that are in use for code, of scripts other than Latin. */
const OTHER_SCRIPTS = new Set([
  ...["windows-1251", "koi8-r", "koi8-u", "iso-8859-5", "ibm866", "windows-1253", "iso-8859-7"],
  ...["windows-1255", "windows-1256", "windows-874"],
]);
/** Below this confidence, the detection is only a guess. */
const MIN_CONFIDENCE = 0.03;

/** The text, without a byte order mark. Undefined for binary data, or if the encoding is unknown. */
export async function decodeText(bytes: Uint8Array): Promise<string | undefined> {
  const wide = decodeWide(bytes);
  if (wide) return wide.text;
  const unicode = decoded(bytes, "utf-8");
  if (unicode !== undefined || isDamaged(bytes)) return unicode;
  const found = await detected(bytes);
  for (const label of found) {
    const text = decoded(bytes, label);
    if (text !== undefined) return text;
  }
  return latin(bytes);
}

/** Whether bytes are UTF-8 with errors: decoding them in another encoding would give wrong characters. */
function isDamaged(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const faults = text.match(/\ufffd/g)?.length ?? 0;
  const characters = text.match(/[^\0-\x7f\ufffd]/gu)?.length ?? 0;
  return characters > 2 * faults;
}

/** Encodings, the likeliest first. */
async function detected(bytes: Uint8Array): Promise<string[]> {
  // Loaded on demand: its tables are large, and most files are UTF-8.
  const { detectAll } = await import("jschardet");
  const sample = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, SAMPLE));
  const runs = inRuns(bytes);
  return detectAll(sample).flatMap(({ encoding, confidence }, rank) => {
    const name = encoding?.toLowerCase() ?? "";
    const label = LABELS[name] ?? name;
    const isLikely = confidence >= MIN_CONFIDENCE;
    if (isLikely && MULTI_BYTE.has(label)) return rank === 0 || runs ? [label] : [];
    return isLikely && runs && OTHER_SCRIPTS.has(label) ? [label] : [];
  });
}

const isHigh = (byte: number | undefined) => byte !== undefined && byte >= 0x80;

/** Whether most non-ASCII letters come in runs of three or more, which does not happen in Latin script. */
function inRuns(bytes: Uint8Array): boolean {
  let [all, within, run] = [0, 0, 0];
  for (let i = 0; i <= bytes.length; i++) {
    if (isHigh(bytes[i])) run++;
    else {
      all += run;
      if (run >= 3) within += run;
      run = 0;
    }
  }
  return within > all / 2;
}

/** Windows-1252 from 0x80 to 0x9f. Node decodes these as ISO 8859-1, which has control characters there. */
const WINDOWS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";
/** Characters among them that hardly any text has, but that wrongly decoded texts in other scripts have. */
const ODD = /[\x80-\x9fƒ†‡ˆ‰‹˜›]/;

/** The bytes as Windows-1252. Undefined if they look like another script. */
function latin(bytes: Uint8Array): string | undefined {
  if (inRuns(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("latin1")
    .replace(/[\x80-\x9f]/g, (sign) => WINDOWS[sign.charCodeAt(0) - 0x80]!);
  return ODD.test(text) ? undefined : text;
}
